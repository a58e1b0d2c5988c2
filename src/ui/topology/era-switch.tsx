import { lazy, Suspense, useState } from 'react';
import { Choice, type ChoiceOption } from '../kit/choice.tsx';
import { type Era, useUi } from '../state/ui-store.ts';

const QtreeDialog = lazy(async () => ({
  default: (await import('../shell/overlays.ts')).QtreeDialog,
}));

const ERAS: readonly ChoiceOption<Era>[] = [
  {
    value: 'before',
    label: '≤ 1.2',
    title: 'QEMU 1.2 and before: the transport is the device',
  },
  {
    value: 'since',
    label: '≥ 1.3',
    title: 'Since QEMU 1.3: transport, virtio-bus, virtio device',
  },
];

/** Draws the machine as before or since transports carry a virtio-bus, and puts the two texts side by side. */
export function EraSwitch() {
  const era = useUi((ui) => ui.era);
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Choice
        label="How QEMU lays out virtio devices"
        value={era}
        options={ERAS}
        choose={(chosen) => useUi.setState({ era: chosen })}
      />
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
