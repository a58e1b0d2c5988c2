import { parentPort, workerData } from 'node:worker_threads';
import type { VcpuRequest } from '../../protocol/messages.ts';
import { runVcpu } from '../../worker/vcpu-run.ts';

/** Runs a guest script and posts how it went. */
parentPort?.postMessage(runVcpu(workerData as VcpuRequest));
