import { choosePace } from '../state/run.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { paceAt, SAMPLED_STOP, speedText, stopOf } from './speed-scale.ts';

/** Events a second, on a logarithmic scale up to as fast as it goes, and as fast as it goes while samples are recorded. */
export function SpeedSlider() {
  const session = useSession();
  const stop = useSessionState(stopOf);
  const pace = paceAt(stop);
  const fastest = pace.speed === Number.POSITIVE_INFINITY;
  return (
    <div
      className="speed"
      title={
        pace.sampling
          ? 'The guest runs as fast as it can. Ten times a second a sample of what it does is recorded; set-up, output and violations always are. (Alt − slower)'
          : 'Speed (Alt + faster, Alt − slower)'
      }
    >
      <output className="speed-value" aria-hidden="true">
        {fastest ? speedText(pace) : `${pace.speed.toLocaleString('en')} events/s`}
      </output>
      <input
        type="range"
        aria-label="Speed"
        aria-valuetext={
          pace.sampling
            ? 'as fast as it goes, samples are recorded'
            : fastest
              ? 'as fast as it goes, everything is recorded'
              : `${pace.speed} events a second`
        }
        min={0}
        max={SAMPLED_STOP}
        step={1}
        value={stop}
        style={{ '--part': stop / SAMPLED_STOP } as React.CSSProperties}
        onChange={(event) => choosePace(session, paceAt(Number(event.target.value)))}
      />
    </div>
  );
}
