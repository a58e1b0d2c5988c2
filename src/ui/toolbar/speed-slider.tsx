import { chooseSpeed } from '../state/run.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { SPEEDS, speedText, stopOf } from './speed-scale.ts';

/** Events a second, on a logarithmic scale up to as fast as it goes. */
export function SpeedSlider() {
  const session = useSession();
  const speed = useSessionState((state) => state.speed);
  const fastest = speed === Number.POSITIVE_INFINITY;
  const last = SPEEDS.length - 1;
  return (
    <div className="speed" title="Speed (Alt + faster, Alt − slower)">
      <output className="speed-value" aria-hidden="true">
        {fastest ? speedText(speed) : `${speed.toLocaleString('en')} events/s`}
      </output>
      <input
        type="range"
        aria-label="Speed"
        aria-valuetext={fastest ? 'as fast as it goes' : `${speed} events a second`}
        min={0}
        max={last}
        step={1}
        value={stopOf(speed)}
        style={{ '--part': stopOf(speed) / last } as React.CSSProperties}
        onChange={(event) => {
          const next = SPEEDS[Number(event.target.value)];
          if (next === undefined) return;
          chooseSpeed(session, next);
        }}
      />
    </div>
  );
}
