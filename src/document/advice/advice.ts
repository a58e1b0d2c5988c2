import type { DeviceType } from '../../protocol/messages.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { MachineDocument } from '../document.ts';

/** A change that was refused, and the machine that goes on. */
export interface RefusalFacts {
  /** What was wanted. */
  readonly doc: MachineDocument;
  /** What the machine was built from. */
  readonly before: MachineDocument;
  /** QEMU's sentence. */
  readonly message: string;
  /** Option of `doc` that it is about, counted from 0. */
  readonly option?: number;
  /** The machine that goes on; undefined where there is none. */
  readonly topology: MachineTopology | undefined;
  /** Types of the program that `before` calls. */
  readonly types: readonly DeviceType[];
  /** Whether it was asked of a running machine (`device_add`, `device_del`). */
  readonly hot: boolean;
}

/** An image that stands in for a file which is not here: empty, of the format that the line names. */
export interface StandIn {
  readonly name: string;
  readonly format: 'raw' | 'qcow2';
  readonly bytes: number;
}

/** A way out that needs no typing. */
export interface Fix {
  /** On its button: `Plug it as virtio-blk-pci`. */
  readonly label: string;
  /** What it does and what that means, in one sentence. */
  readonly words: string;
  /** The machine to build instead. */
  readonly doc?: MachineDocument;
  /** Images that the machine needs first. */
  readonly images?: readonly StandIn[];
  /** `power-off`: `doc` is built anew, since a running machine cannot become it; `reset`: power cycle as it is. */
  readonly act?: 'power-off' | 'reset';
  /** Whoever builds by hand wants it without being asked. */
  readonly automatic?: true;
}

/** Why a change was refused, in plain words. */
export interface Advice {
  readonly title: string;
  readonly words: string;
  /** Which of the usual misunderstandings it is, where it is one; see `docs/misconceptions.md`. */
  readonly misconception?: number;
  /** Section of VIRTIO 1.4 that is the reason, where one is: `4.2.2`. */
  readonly section?: string;
  readonly fixes: readonly Fix[];
}
