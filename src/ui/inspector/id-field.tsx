import { DocumentError } from '../../document/document.ts';
import { renameId, replaceOption } from '../../document/edits.ts';
import { withEntry } from '../../document/entries.ts';
import type { PropertyFacts } from '../../protocol/messages.ts';
import { deviceTypes } from '../document/device-types.ts';
import { useDocument } from '../document/document-store.ts';
import { edit } from '../document/edit.ts';
import { useSession } from '../state/session-context.tsx';
import { PropertyControl } from './property-control.tsx';
import type { Wanted } from './set-property.ts';

/** The id that an option gives to what it makes. A new one is followed by all that refer to it. */
export function IdField({ optionKey, id }: { optionKey: number; id: string }) {
  const session = useSession();
  const property: PropertyFacts = {
    name: 'id',
    type: 'str',
    description: '',
    defaultValue: undefined,
    value: id,
    printed: undefined,
    settable: true,
    declaredBy: '',
  };
  const set = async (wanted: Wanted): Promise<string | undefined> => {
    const name = typeof wanted === 'string' ? wanted.trim() : '';
    const types = await deviceTypes(session);
    const { doc } = useDocument.getState();
    try {
      if (name !== '') renameId(doc, optionKey, name, types);
    } catch (error) {
      if (error instanceof DocumentError) return error.message;
      throw error;
    }
    const label = name === '' ? `take the id of ${id} away` : `call it ${name}`;
    const done = await edit(session, label, (before) =>
      name === ''
        ? replaceOption(before, optionKey, (one) => withEntry(one, 'id', undefined))
        : renameId(before, optionKey, name, types),
    );
    return done ? undefined : (useDocument.getState().refusal?.message ?? 'It was not changed.');
  };
  return <PropertyControl property={property} label="id" set={set} />;
}
