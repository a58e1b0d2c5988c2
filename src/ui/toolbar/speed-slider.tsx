import { Slider } from '@base-ui/react/slider';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { REMEMBERED, remember } from '../state/storage.ts';
import { SPEEDS, speedText, stopOf } from './speed-scale.ts';

/** Events a second, on a logarithmic scale up to as fast as it goes. */
export function SpeedSlider() {
  const session = useSession();
  const speed = useSessionState((state) => state.speed);
  return (
    <Slider.Root
      className="speed"
      value={stopOf(speed)}
      min={0}
      max={SPEEDS.length - 1}
      step={1}
      largeStep={3}
      onValueChange={(stop) => {
        const next = SPEEDS[stop];
        if (next === undefined) return;
        session.setSpeed(next);
        remember(REMEMBERED.speed, String(next));
      }}
    >
      <output className="speed-value" aria-hidden="true">
        {speed === Number.POSITIVE_INFINITY
          ? speedText(speed)
          : `${speedText(speed).replace('/s', '')} events/s`}
      </output>
      <Slider.Control className="speed-control">
        <Slider.Track className="speed-track">
          <Slider.Indicator className="speed-indicator" />
          <Slider.Thumb
            className="speed-thumb"
            aria-label="Speed"
            getAriaValueText={() =>
              speed === Number.POSITIVE_INFINITY ? 'as fast as it goes' : `${speed} events a second`
            }
          />
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}
