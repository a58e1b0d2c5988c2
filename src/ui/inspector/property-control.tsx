import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { PropertyFacts } from '../../protocol/messages.ts';
import { WarnIcon } from '../kit/icons.tsx';
import { LinkSelect } from './link-select.tsx';
import { inputFor } from './property-groups.ts';
import type { Wanted } from './set-property.ts';

/** A control that sets one property, whatever its type; a refused value stays for correction. */
export function PropertyControl(props: {
  property: PropertyFacts;
  /** Name for a screen reader: the property's, and whose it is where that is not plain. */
  label: string;
  /** Sets it; answers QEMU's sentence where it is refused. */
  set(value: Wanted): Promise<string | undefined>;
  /** Takes the focus at once; Escape and a value that was taken close it. */
  onClose?(): void;
}) {
  const { property, label, set, onClose } = props;
  const [typed, setTyped] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const [busy, setBusy] = useState(false);
  const message = useId();
  const root = useRef<HTMLDivElement>(null);
  const closing = onClose !== undefined;
  useEffect(() => {
    if (!closing) return;
    const field = root.current?.querySelector<HTMLElement>('input, select');
    field?.focus();
    if (field instanceof HTMLInputElement && field.type === 'text') field.select();
  }, [closing]);

  const apply = async (value: Wanted) => {
    if (typeof value === 'string') setTyped(value);
    setBusy(true);
    const complaint = await set(value);
    setBusy(false);
    setRefused(complaint);
    if (complaint !== undefined) return;
    setTyped(undefined);
    onClose?.();
  };
  const restore = () => {
    setTyped(undefined);
    setRefused(undefined);
    onClose?.();
  };
  const value = typed ?? property.value;
  const shared = {
    'aria-label': label,
    'aria-invalid': refused === undefined ? undefined : (true as const),
    'aria-describedby': refused === undefined ? undefined : message,
    'aria-busy': busy ? (true as const) : undefined,
    className: 'property-input mono',
  };
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || (typed === undefined && refused === undefined && !onClose))
      return;
    event.stopPropagation();
    restore();
  };
  const kind = inputFor(property);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape of the control inside
    <div className="property-control" ref={root} onKeyDown={onEscape}>
      {kind === 'switch' && (
        <input
          {...shared}
          type="checkbox"
          role="switch"
          aria-checked={isOn(value)}
          className="switch"
          checked={isOn(value)}
          onChange={({ target }) => void apply(target.checked ? 'on' : 'off')}
        />
      )}
      {kind === 'choice' && (
        <select {...shared} value={value} onChange={({ target }) => void apply(target.value)}>
          {withValue(property.choices ?? [], value).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
      {kind === 'link' && property.link && (
        <LinkSelect {...shared} link={property.link} value={value} choose={apply} />
      )}
      {(kind === 'number' || kind === 'text') && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (value !== property.value || refused !== undefined) void apply(value);
            else onClose?.();
          }}
        >
          <input
            {...shared}
            type="text"
            inputMode={kind === 'number' ? 'numeric' : 'text'}
            value={value}
            placeholder={property.value === '' ? '(empty)' : undefined}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={({ target }) => setTyped(target.value)}
          />
          {typed !== undefined && typed !== property.value && (
            <button type="submit" className="button button-small" aria-label={`Set ${label}`}>
              Set
            </button>
          )}
        </form>
      )}
      {refused !== undefined && (
        <p className="property-refused" id={message}>
          <WarnIcon />
          <span className="mono">{refused}</span>
          <button type="button" className="button button-small" onClick={restore}>
            Keep {property.value === '' ? 'as it was' : property.value}
          </button>
        </p>
      )}
    </div>
  );
}

const isOn = (value: string): boolean => /^(?:on|true|yes|y)$/i.test(value);

function withValue(choices: readonly string[], value: string): readonly string[] {
  return choices.includes(value) ? choices : [value, ...choices];
}
