import { BACK_END_TEMPLATES } from '../../document/back-end-templates.ts';
import type { LinkFacts } from '../../protocol/messages.ts';
import { takes } from '../build/fits.ts';
import { useSessionState } from '../state/session-context.tsx';
import type { Wanted } from './set-property.ts';

/** Marks an entry that makes a back end; no id begins so. */
const NEW = '+';

/** Chooses the back end that a property names: one that is there, none, or a new one. */
export function LinkSelect(props: {
  link: LinkFacts;
  value: string;
  choose(value: Wanted): Promise<void>;
  'aria-label': string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
  'aria-busy': true | undefined;
  className: string;
}) {
  const { link, value, choose, ...shared } = props;
  const backEnds = useSessionState((state) => state.topology?.backEnds);
  const fitting = (backEnds ?? []).filter((backEnd) => takes(link, backEnd));
  const templates = BACK_END_TEMPLATES.filter((template) => takes(link, template));
  const known = value === '' || fitting.some(({ id }) => id === value);
  return (
    <select
      {...shared}
      value={value}
      onChange={({ target }) => {
        const { value: chosen } = target;
        if (chosen.startsWith(NEW)) void choose(templates[Number(chosen.slice(NEW.length))]);
        else void choose(chosen === '' ? undefined : chosen);
      }}
    >
      <option value="">(none)</option>
      {!known && <option value={value}>{value}</option>}
      {fitting.length > 0 && (
        <optgroup label="There already">
          {fitting.map(({ kind, id, summary, type }) => (
            <option key={`${kind} ${id}`} value={id}>
              {id} · {summary || type}
            </option>
          ))}
        </optgroup>
      )}
      {templates.length > 0 && (
        <optgroup label="New">
          {templates.map(({ kind, type, words }, i) => (
            <option key={`${kind} ${type}`} value={`${NEW}${i}`}>
              {type}: {words}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}
