import { useStore } from 'reactflow';
import { useSessionState } from '../../state/session-context.tsx';
import { FAR } from '../camera.tsx';
import { spanOf, spanText } from './flow-text.ts';
import { MarkShape } from './marks.tsx';
import type { Carrier, Form } from './route.ts';

interface Key {
  readonly tone: string;
  readonly carrier?: Carrier;
  readonly form: Form;
  readonly text: string;
}

/** Line and mark of everything that travels. */
const KEYS: readonly Key[] = [
  { tone: 'notify', carrier: 'exit', form: 'doorbell', text: 'doorbell' },
  { tone: 'exit', carrier: 'exit', form: 'register', text: 'other exit: register, instruction' },
  { tone: 'driver', carrier: 'memory', form: 'store', text: 'shared memory: driver’s store' },
  { tone: 'device', carrier: 'memory', form: 'dma', text: 'shared memory: device’s DMA' },
  { tone: 'interrupt', carrier: 'signal', form: 'line', text: 'interrupt line' },
  { tone: 'interrupt', carrier: 'signal', form: 'message', text: 'interrupt as a message' },
  { tone: 'device', carrier: 'backend', form: 'data', text: 'back end’s data' },
  { tone: 'quiet', form: 'stopped', text: 'left out or held back' },
  { tone: 'violation', form: 'violation', text: 'rule broken' },
];

/** What the hues, lines and marks mean; the words also stand on the way of each event. */
export function Legend() {
  // Far out, the corner below the guest is too small for it.
  const far = useStore((state) => state.transform[2] < FAR);
  const over = useSessionState((state) => spanText(spanOf(state)));
  const cut = useSessionState((state) => spanOf(state).cut);
  return (
    <details className="legend" data-row={far || undefined}>
      <summary>Legend{cut && <span className="legend-span"> · counts {over}</span>}</summary>
      <p>Counts: {over}</p>
      <ul aria-label="Colours, lines and marks">
        <li data-tone="driver">
          <i className="key-box" /> driver
        </li>
        <li data-tone="device">
          <i className="key-box" /> device
        </li>
        {KEYS.map(({ tone, carrier, form, text }) => (
          <li key={text} data-tone={tone}>
            <svg className="key-line" aria-hidden="true" viewBox="-22 -9 44 18">
              <g className="key-way" data-carrier={carrier} data-form={form}>
                {carrier && <path className="way-line" d="M-22 0H22" />}
                {form === 'line' && <path className="way-core" d="M-22 0H22" />}
              </g>
              {form === 'stopped' ? (
                <path className="way-bar" d="M-22 0H2M2 -8V8" />
              ) : (
                <g className={form === 'violation' ? 'way-warning' : 'way-mark'}>
                  <MarkShape form={form} />
                </g>
              )}
            </svg>
            {text}
          </li>
        ))}
      </ul>
    </details>
  );
}
