import { ConfigError } from '../qom/errors.ts';
import type { CommandLine } from './command-line.ts';
import type { Host } from './host.ts';
import type { StartLog } from './start-log.ts';

/** What QEMU says where it finds no firmware or no kernel. */
interface Sentences {
  firmware(name: string): string;
  kernel(name: string): string;
  /** Whether it looks for the kernel before it makes devices. */
  readonly early?: boolean;
}

/** What the size of a PC's firmware is a multiple of. */
const BIOS_UNIT = 64 * 1024;

const missing = (name: string) => `${name}: No such file or directory`;

/** Sentences without a program's name begin with `qemu: ` or nothing. */
const SENTENCES: Readonly<Record<string, Sentences>> = {
  x86_64: {
    firmware: (name) => `qemu: could not load PC BIOS '${name}'`,
    kernel: (name) => `qemu: could not open kernel file '${name}': No such file or directory`,
    early: true,
  },
  aarch64: {
    firmware: (name) => `\tCould not find ROM image '${name}'`,
    kernel: (name) => `\tcould not load kernel '${name}'`,
  },
  s390x: {
    firmware: () => '\tcould not find stage1 bootloader',
    kernel: (name) => `${missing(name)}\n\tcould not load kernel '${name}'`,
    early: true,
  },
  riscv64: {
    firmware: (name) => `\tUnable to load the RISC-V firmware "${name}"`,
    kernel: (name) => `${missing(name)}\n\tcould not load kernel '${name}'`,
  },
};

/**
 * Checks that `-bios` and `-kernel` name something, before devices are made (`early`) or when the machine
 * stands. What they name is not run. Throws ConfigError with QEMU's sentence.
 */
export function checkBootFiles(
  { arch, machine, machineTree: { firmware, kernel }, optionOf }: CommandLine,
  host: Host,
  early: boolean,
  log: StartLog,
): void {
  const sentences = SENTENCES[arch];
  if (!sentences) return;
  const sizeOf = (name: string) => host.openImage(name)?.length;
  const fail = (text: string): never => {
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) log.line(line);
    if (last.startsWith('\t')) throw new ConfigError(last.slice(1));
    throw log.bare(last);
  };
  if (machine.type === 'none-machine') {
    if (kernel !== undefined && early)
      log.about(optionOf.get('kernel'), () =>
        fail("\tThe -kernel parameter is not supported (use the generic 'loader' device instead)."),
      );
    return;
  }
  const without = arch === 'riscv64' && (firmware === 'none' || firmware === 'default');
  if (early && typeof firmware === 'string' && !without && !fits(arch, sizeOf(firmware)))
    log.about(optionOf.get('firmware'), () => fail(sentences.firmware(firmware)));
  if (early === (sentences.early ?? false) && typeof kernel === 'string')
    if (sizeOf(kernel) === undefined)
      log.about(optionOf.get('kernel'), () => fail(sentences.kernel(kernel)));
    else log.note(`-kernel ${kernel} is not modelled: no CPU runs it`);
}

/** Whether firmware of `bytes` bytes is there and can be mapped: on a PC in units. */
function fits(arch: string, bytes: number | undefined): boolean {
  if (arch !== 'x86_64' || bytes === undefined) return bytes !== undefined;
  return bytes > 0 && bytes % BIOS_UNIT === 0;
}
