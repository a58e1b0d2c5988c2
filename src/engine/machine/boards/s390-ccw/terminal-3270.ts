import { type Chardev, chardev } from '../../../backends/chardev.ts';
import { CcwDevice } from '../../../hw/css/ccw-device.ts';
import type { Ccw } from '../../../hw/css/data-stream.ts';
import type { Ending, Subchannel } from '../../../hw/css/subchannel.ts';
import type { TypeRegistry } from '../../../qom/type.ts';

const PROPERTIES = { chardev: chardev() } as const;

/** Commands that bring data to the screen: write, erase/write, the same of alternate size, structured fields. */
const WRITES = [0x01, 0x05, 0x0d, 0x11];
/** Commands that fetch what was typed: read buffer, read modified. */
const READS = [0x02, 0x06];

/** A 3270 terminal. Nobody ever logs on: there is nothing to read, and writing wants somebody to see to it. */
class Terminal3270 extends CcwDevice<typeof PROPERTIES> {
  readonly controlUnit = 0x3270;
  readonly controlUnitModel = 0;
  /** The first path that virtio devices do not have. */
  readonly channelPath = 1;

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

  command(ccw: Ccw, _data: unknown, subchannel: Subchannel): Ending {
    const reads = READS.includes(ccw.command);
    if (!reads && !WRITES.includes(ccw.command)) return 'reject';
    if (ccw.cda === 0) return 'programCheck';
    if (!reads) return 'intervention';
    subchannel.residual = ccw.count;
    return 'done';
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
