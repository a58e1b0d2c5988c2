import { renameId, replaceOption } from '../../document/edits.ts';
import { entriesOf, idKey, withEntry } from '../../document/entries.ts';
import { optionText } from '../../document/read.ts';
import type { PropertyFacts } from '../../protocol/messages.ts';
import type { BackEndFacts } from '../../protocol/topology.ts';
import { backEndKey } from '../build/nodes-of.ts';
import { deviceTypes } from '../document/device-types.ts';
import { useDocument } from '../document/document-store.ts';
import { edit } from '../document/edit.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { devicesOf } from '../topology/graph.ts';
import { NodeLink } from './identity.tsx';
import { PropertyControl } from './property-control.tsx';
import { Section } from './section.tsx';
import type { Wanted } from './set-property.ts';

/** Everything about a back end: what it is, the option that made it, who uses it. */
export function BackEndInspector({ backEnd }: { backEnd: BackEndFacts }) {
  const doc = useDocument((state) => state.doc);
  const topology = useSessionState((state) => state.topology);
  const key = backEndKey(doc, backEnd);
  const at = doc.options.findIndex((option) => option.key === key);
  const option = doc.options[at];
  const users = topology
    ? devicesOf(topology).filter(({ backends }) =>
        backends.some(({ kind, id }) => kind === backEnd.kind && id === backEnd.id),
      )
    : [];
  return (
    <div className="inspector">
      <h3 className="inspector-title">
        <span className="mono">{backEnd.id}</span>
      </h3>
      <dl className="facts">
        <dt>kind</dt>
        <dd>
          {KINDS[backEnd.kind]}, <span className="mono">{backEnd.type}</span>
        </dd>
        {backEnd.summary && (
          <>
            <dt>is</dt>
            <dd className="mono">{backEnd.summary}</dd>
          </>
        )}
        <dt>made by</dt>
        <dd>
          {option ? (
            <>
              option {at + 1}: <span className="mono">{optionText(option)}</span>
            </>
          ) : (
            'the monitor, while the machine ran'
          )}
        </dd>
        <dt>used by</dt>
        <dd>
          {users.length === 0
            ? 'nobody yet'
            : users.map((user) => (
                <span key={user.path} className="facts-item">
                  <NodeLink id={user.path}>{user.id || user.type}</NodeLink>
                </span>
              ))}
        </dd>
      </dl>
      {option && (
        <Section title="Entries of its option" count={entriesOf(option).length} open>
          <ul className="properties">
            {entriesOf(option).map((entry) => (
              <EntryRow
                key={`${option.key} ${entry.key}`}
                optionKey={option.key}
                name={entry.key}
                value={entry.value}
                isId={entry.key === idKey(option)}
              />
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

const KINDS: Readonly<Record<BackEndFacts['kind'], string>> = {
  drive: 'a drive',
  blockdev: 'a block node',
  netdev: 'a network back end',
  chardev: 'a character device',
  fsdev: 'a shared directory',
  object: 'an object',
};

/** One `key=value`, as typed. A new id is followed by all that refer to it. */
function EntryRow(props: { optionKey: number; name: string; value: string; isId: boolean }) {
  const { optionKey, name, value, isId } = props;
  const session = useSession();
  const property: PropertyFacts = {
    name,
    type: 'str',
    description: '',
    defaultValue: undefined,
    value,
    printed: undefined,
    settable: true,
    declaredBy: '',
  };
  const set = async (wanted: Wanted) => {
    if (typeof wanted === 'object') return undefined;
    const types = await deviceTypes(session);
    const done = await edit(session, `set ${name} to ${wanted ?? 'nothing'}`, (doc) =>
      isId && wanted !== undefined
        ? renameId(doc, optionKey, wanted, types)
        : replaceOption(doc, optionKey, (option) => withEntry(option, name, wanted)),
    );
    return done ? undefined : (useDocument.getState().refusal?.message ?? 'It was not changed.');
  };
  return (
    <li className="property">
      <div className="property-head">
        <span className="property-name mono">{name}</span>
      </div>
      <PropertyControl property={property} label={name} set={set} />
    </li>
  );
}
