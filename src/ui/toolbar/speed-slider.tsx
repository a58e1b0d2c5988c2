import { chooseSpeed } from '../state/run.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { SAMPLED_STOP, speedAt, speedText, stopOf } from './speed-scale.ts';

/** Events a second, on a logarithmic scale up to as fast as it goes, and as fast as it goes while samples are recorded. */
export function SpeedSlider() {
  const session = useSession();
  const stop = useSessionState(stopOf);
  const choice = speedAt(stop);
  const fastest = choice.speed === Number.POSITIVE_INFINITY;
  return (
    <div
      className="speed"
      title={
        choice.sampling
          ? 'The guest runs as fast as it can. Ten times a second a sample of what it does is recorded; set-up, output and violations always are. (Alt − slower)'
          : 'Speed (Alt + faster, Alt − slower)'
      }
    >
      <output className="speed-value" aria-hidden="true">
        {fastest
          ? speedText(choice)
          : `${choice.speed.toLocaleString('en')} ${choice.speed === 1 ? 'event' : 'events'}/s`}
      </output>
      <input
        type="range"
        aria-label="Speed"
        aria-valuetext={
          choice.sampling
            ? 'as fast as it goes, samples are recorded'
            : fastest
              ? 'as fast as it goes, everything is recorded'
              : `${choice.speed} ${choice.speed === 1 ? 'event' : 'events'} a second`
        }
        min={0}
        max={SAMPLED_STOP}
        step={1}
        value={stop}
        style={{ '--part': stop / SAMPLED_STOP } as React.CSSProperties}
        onChange={(event) => chooseSpeed(session, speedAt(Number(event.target.value)))}
      />
    </div>
  );
}
