/** The snapshot of the machine that travels from the machine worker to the page. */
export type {
  BackEndFacts,
  BackEndKind,
  BackendNode,
  BusNode,
  DeviceNode,
  MachineTopology,
} from '../journal/topology.ts';
