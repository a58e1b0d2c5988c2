import { parseSchema } from './schema.ts';

/** Structures that properties of a machine hold: `smp=`, `memory=`, `boot=`. */
export const MACHINE_SCHEMA = parseSchema(`
  MachineStructures = smp?:SMPConfiguration memory?:MemorySizeConfiguration boot?:BootConfiguration
  SMPConfiguration = cpus?:int sockets?:int dies?:int clusters?:int cores?:int threads?:int maxcpus?:int
  MemorySizeConfiguration = size?:size max-size?:size slots?:u64
  BootConfiguration = order? once? menu?:bool splash? splash-time?:int reboot-timeout?:int strict?:bool
`);
