import { ConfigError } from '../qom/errors.ts';
import type { CommandLine } from './command-line.ts';
import type { MachineSettings } from './machine-options.ts';
import type { StartLog } from './start-log.ts';

/** Checks the model of the CPUs and how they are arranged. Throws ConfigError with QEMU's sentence. */
export function checkCpus(config: CommandLine, settings: MachineSettings, log: StartLog): void {
  const { machine, optionOf } = config;
  if (!machine.cpu) return;
  const { cpu = '', topology } = settings;
  log.about(optionOf.get('cpu'), () => checkModel(config, cpu));
  log.about(optionOf.get('smp'), () => checkThreads(config, cpu, topology.threads, log));
}

function checkModel({ machine: { arch, cpu } }: CommandLine, model: string): void {
  if (arch === 'x86_64' && model === 'host')
    throw new ConfigError("CPU model 'host' requires KVM or HVF");
  if (!cpu?.knows(model)) throw new ConfigError(`unable to find CPU model '${model}'`);
}

/** CPU models of a family that knows no hyperthreading. */
const WITHOUT_THREADS = /^(?:qemu64|qemu32|phenom|athlon|Opteron_G\d|max|base)(?:-v\d)?$/;

/** Warns of, or refuses, threads that the CPU has not. */
function checkThreads({ arch }: CommandLine, model: string, threads: number, log: StartLog): void {
  if (threads < 2) return;
  if (arch === 's390x') throw new ConfigError('S390 does not support more than 1 threads.');
  if (arch === 'x86_64' && WITHOUT_THREADS.test(model))
    log.warn(
      `This family of AMD CPU doesn't support hyperthreading(${threads})\nPlease configure -smp options properly or try enabling topoext feature.`,
    );
}
