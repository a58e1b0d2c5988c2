import { chardev } from '../../../backends/chardev.ts';
import { Device } from '../../../qdev/device.ts';
import { bool, u32 } from '../../../qom/property.ts';
import type { TypeRegistry } from '../../../qom/type.ts';

const PROPERTIES = { chardev: chardev() } as const;
const LINE_PROPERTIES = { ...PROPERTIES, write_errors: u32(0), echo: bool(true) } as const;

/** An operator's console at the service processor. What a guest prints there is not read. */
class SclpConsole extends Device<typeof PROPERTIES> {
  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    const others = this.parentBus?.devices ?? [];
    if (others.some((other) => other !== this && other.type === this.type)) {
      const kind = this.type.name === 'sclpconsole' ? 'VT220' : 'line-mode';
      this.context.report(`Multiple ${kind} operator consoles are not supported`);
      this.fail('SCLP event initialization failed.');
    }
    // Counted from the start, whatever the user says.
    if ('write_errors' in this.values) this.values.write_errors = 0;
    const { chardev: backend } = this.props;
    if (backend) backend.user = this;
  }

  override unrealize(): void {
    const { chardev: backend } = this.props;
    if (backend?.user === this) backend.user = undefined;
  }
}

/** Registers both kinds of console. Needs `s390-sclp-event-type`. */
export function registerSclpConsoles(registry: TypeRegistry): void {
  const types = { sclpconsole: PROPERTIES, sclplmconsole: LINE_PROPERTIES };
  for (const [name, properties] of Object.entries(types))
    registry.register({
      name,
      parent: 's390-sclp-event-type',
      userCreatable: true,
      properties,
      create: (init) => new SclpConsole(init),
    });
}
