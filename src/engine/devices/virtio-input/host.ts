import type { FileKind } from '../../backends/fs.ts';
import { optionalStr } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { VirtioInput } from './virtio-input.ts';

const PROPERTIES = { evdev: optionalStr() } as const;

/** What the device needs of the host. */
interface Files {
  fileKind(name: string): FileKind | undefined;
}

/** Passes an input device of the host through; there is none, so it says what is wrong with the name. */
class InputHost extends VirtioInput<typeof PROPERTIES> {
  protected override describe(): never {
    const { evdev } = this.props;
    if (evdev === undefined) this.fail('evdev property is required');
    const kind = (this.context as unknown as Files).fileKind(evdev);
    if (kind === undefined) this.fail(`Could not open '${evdev}': No such file or directory`);
    if (kind === 'directory') this.fail(`Could not open '${evdev}': Is a directory`);
    this.fail(`${evdev}: is not an evdev device`);
  }
}

/** The type of the pass-through device. */
export const VIRTIO_INPUT_HOST_TYPE: TypeInfo = {
  name: 'virtio-input-host-device',
  parent: 'virtio-input-device',
  properties: PROPERTIES,
  create: (init) => new InputHost(init),
};
