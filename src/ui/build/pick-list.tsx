import { Autocomplete } from '@base-ui/react/autocomplete';
import { type ReactNode, type Ref, useMemo, useState } from 'react';
import { matches, type PickEntry, type PickGroup } from './pick-entry.ts';

/**
 * A text field above a list that it narrows: arrow keys choose, Enter takes, a click takes. `head`
 * stands between the two.
 */
export function PickList<T extends PickEntry>(props: {
  /** What is chosen here, for those who do not see it. */
  label: string;
  placeholder: string;
  groups: readonly PickGroup<T>[];
  onPick: (entry: T) => void;
  /** Told when the list is narrowed to nothing. */
  empty: string;
  head?: ReactNode;
  input?: Ref<HTMLInputElement>;
  /** Whether Enter takes the first line without an arrow key. */
  first?: boolean;
}) {
  const { groups, onPick } = props;
  const [query, setQuery] = useState('');
  const filtered = useMemo(() => narrowed(groups, query), [groups, query]);
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      filteredItems={filtered}
      autoHighlight={props.first ? 'always' : true}
      keepHighlight
      value={query}
      itemToStringValue={(entry: T) => entry.label}
      onValueChange={(text, { reason }) => {
        if (reason !== 'item-press') setQuery(text);
      }}
    >
      <Autocomplete.Input
        ref={props.input}
        className="pick-input"
        aria-label={props.label}
        placeholder={props.placeholder}
        autoComplete="off"
        spellCheck={false}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || query === '') return;
          // The first Escape empties the field; the next one is for what stands around it.
          event.preventDefault();
          event.stopPropagation();
          setQuery('');
        }}
      />
      {props.head}
      <Autocomplete.Empty>
        <p className="pick-empty">{props.empty}</p>
      </Autocomplete.Empty>
      <Autocomplete.List className="pick-list" aria-label={props.label}>
        {(group: PickGroup<T>) => (
          <Autocomplete.Group key={group.value} items={group.items} className="pick-group">
            <Autocomplete.GroupLabel className="pick-heading">
              {group.value}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(entry: T) => (
                <Autocomplete.Item
                  key={entry.id}
                  value={entry}
                  className="pick-item"
                  data-entry={entry.id}
                  data-dim={entry.dim || undefined}
                  title={entry.note === '' ? undefined : entry.note}
                  onClick={() => onPick(entry)}
                >
                  <span className="pick-label mono">{entry.label}</span>
                  {entry.note !== '' && <span className="pick-note">{entry.note}</span>}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

function narrowed<T extends PickEntry>(
  groups: readonly PickGroup<T>[],
  query: string,
): PickGroup<T>[] {
  return groups
    .map((group) => ({
      ...group,
      items: group.items.filter((entry) => matches(entry, group.value, query)),
    }))
    .filter(({ items }) => items.length > 0);
}
