import { type Chardev, chardev } from '../../../backends/chardev.ts';
import { CcwDevice } from '../../../hw/css/ccw-device.ts';
import type { TypeRegistry } from '../../../qom/type.ts';

const PROPERTIES = { chardev: chardev() } as const;

/** A 3270 terminal. Its channel programs are not carried out. */
class Terminal3270 extends CcwDevice<typeof PROPERTIES> {
  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    this.claimSubchannel();
    const others = this.parentBus?.devices ?? [];
    if (others.some((other) => other !== this && other instanceof Terminal3270))
      this.fail('Multiple 3270 terminals are not supported.');
    const { chardev: backend } = this.props;
    backend?.claim(this);
  }

  override unrealize(): void {
    const backend: Chardev | undefined = this.props.chardev;
    backend?.release(this);
  }
}

/** Registers the 3270 terminal and its abstract parent. */
export function registerTerminal3270(registry: TypeRegistry): void {
  registry.register({
    name: 'emulated-ccw-3270',
    parent: 'ccw-device',
    abstract: true,
    hotpluggable: false,
  });
  registry.register({
    name: 'x-terminal3270',
    parent: 'emulated-ccw-3270',
    properties: PROPERTIES,
    create: (init) => new Terminal3270(init),
  });
}
