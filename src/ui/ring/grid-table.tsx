import type { ReactNode } from 'react';
import type { Hits } from './hits.ts';
import type { RingNow } from './source.ts';

/** What the tables of a queue are given: the entries `rows`, of all of its structures. */
export interface TablesProps<View> {
  readonly view: View;
  readonly hits: Hits;
  readonly rows: readonly number[];
  /** What a descriptor's buffer is in the request, by descriptor. */
  readonly roles: ReadonlyMap<number, string>;
  readonly now: RingNow;
  readonly virtioId: number | undefined;
}

/** One table, with the names of its columns. */
export function Grid(props: {
  caption: ReactNode;
  columns: readonly string[];
  /** Rows that the whole structure has, where only a page is listed. */
  count?: number;
  children: ReactNode;
}) {
  return (
    <table className="grid" aria-rowcount={props.count === undefined ? undefined : props.count + 1}>
      <caption>{props.caption}</caption>
      <thead>
        <tr aria-rowindex={1}>
          {props.columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="mono">{props.children}</tbody>
    </table>
  );
}

/** The rule that an entry broke. */
export function Fault({ text }: { text: string | undefined }) {
  return text ? <span className="ring-fault">⚠ {text}</span> : null;
}
