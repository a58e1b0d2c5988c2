import { Fragment, useState } from 'react';
import { hex } from '../../base/bits.ts';
import type { RegisterMoment } from '../../journal/fold/moment.ts';
import { type RegisterContext, valueText } from '../../journal/register-words.ts';
import { useSession } from '../state/session-context.tsx';
import { AccessHistory } from './access-history.tsx';
import { Breakable } from './breakable.tsx';

/** One row of a table of registers. */
export interface RegisterRow {
  readonly key: string;
  /** Heading that it stands under; a change begins a new group. */
  readonly group: string;
  /** Document that defines the group. */
  readonly source: string;
  readonly name: string;
  readonly doc: string;
  /** Bytes from the start of what the group shows. */
  readonly offset: number;
  /** Device that the journal has the access under; undefined for a field that nobody has accessed. */
  readonly dev: number | undefined;
  readonly register: RegisterMoment | undefined;
  /** Value of the field, where it is not that of the whole access. */
  readonly value?: string;
  readonly words: string;
}

/** Registers as the guest last saw or wrote them; each opens on its history. */
export function RegisterTable(props: {
  caption: string;
  rows: readonly RegisterRow[];
  context: RegisterContext;
  /** Event count of the cursor. */
  at: number;
}) {
  const { caption, rows, context, at } = props;
  const session = useSession();
  const [open, setOpen] = useState<string>();
  return (
    <table className="grid registers">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" className="register-column">
            register
          </th>
          <th scope="col">value</th>
          <th scope="col">last</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => {
          const { key, group, source, name, doc, offset, dev, register, words } = row;
          const seen = register !== undefined && dev !== undefined;
          return (
            <Fragment key={key}>
              {rows[i - 1]?.group !== group && group !== '' && (
                <tr className="grid-group">
                  <th scope="colgroup" colSpan={3}>
                    {group} <span className="register-source">{source}</span>
                  </th>
                </tr>
              )}
              <tr data-current={(seen && register.event === at - 1) || undefined}>
                <th scope="row" className="mono" title={`offset ${hex(offset)}: ${doc}`}>
                  {seen ? (
                    <button
                      type="button"
                      className="link register-name"
                      aria-expanded={open === key}
                      onClick={() => setOpen(open === key ? undefined : key)}
                    >
                      <Breakable text={name} />
                    </button>
                  ) : (
                    <span className="register-name">
                      <Breakable text={name} />
                    </span>
                  )}
                </th>
                <td className="mono">
                  {seen ? (
                    <>
                      {row.value ?? valueText(register.value, register.size)}{' '}
                      <span className="register-words">{words}</span>
                    </>
                  ) : (
                    <span className="register-words">not read</span>
                  )}
                </td>
                <td>
                  {seen && (
                    <button
                      type="button"
                      className="link"
                      title={`Event ${register.event + 1}`}
                      onClick={() => session.seek(register.event + 1)}
                    >
                      {register.write ? 'write' : 'read'}
                    </button>
                  )}
                </td>
              </tr>
              {seen && open === key && (
                <tr className="register-history">
                  <td colSpan={3}>
                    <p className="section-empty">{doc}</p>
                    <AccessHistory
                      {...{ dev, at, name, context }}
                      region={register.region}
                      offset={register.offset}
                    />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
