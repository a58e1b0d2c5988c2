import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { lazy, Suspense, useState } from 'react';
import { type Era, useUi } from '../state/ui-store.ts';

const QtreeDialog = lazy(async () => ({
  default: (await import('../shell/overlays.ts')).QtreeDialog,
}));

/** Draws the machine as before or since transports carry a virtio-bus, and puts the two texts side by side. */
export function EraSwitch() {
  const era = useUi((ui) => ui.era);
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  return (
    <>
      <ToggleGroup
        className="era-switch"
        aria-label="How QEMU lays out virtio devices"
        value={[era]}
        onValueChange={([chosen]) => {
          if (chosen) useUi.setState({ era: chosen as Era });
        }}
      >
        <Toggle
          className="button button-bare"
          value="before"
          title="QEMU 1.2 and before: the transport is the device"
        >
          ≤ 1.2
        </Toggle>
        <Toggle
          className="button button-bare"
          value="since"
          title="Since QEMU 1.3: transport, virtio-bus, virtio device"
        >
          ≥ 1.3
        </Toggle>
      </ToggleGroup>
      <button
        type="button"
        className="button button-bare"
        title="info qtree before and since, side by side"
        onClick={() => {
          setAsked(true);
          setOpen(true);
        }}
      >
        Compare
      </button>
      {asked && (
        <Suspense>
          <QtreeDialog open={open} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}
