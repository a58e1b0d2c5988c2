import { ACTOR, NONE } from '../../../journal/schema.ts';
import { PCI_COMMAND, PCI_CONFIG } from '../../../spec/pci.ts';
import { VIRTIO_MSI_NO_VECTOR } from '../../../spec/virtio-pci.ts';
import { Msix, msixLayout } from '../../hw/pci/msix.ts';
import type { State } from '../../qom/state.ts';
import type { VirtioPci } from './virtio-pci.ts';

/** Most vectors that an MSI-X table can have (PCI 3.0 §6.8.2.3). */
export const MAX_VECTORS = 2048;

/** How a virtio function interrupts: by messages once MSI-X is on, else by its pin (VIRTIO 1.4 §4.1.5.1). */
export class PciInterrupts {
  readonly #pci: VirtioPci;
  #msix: Msix | undefined;
  /** Vectors of queues that the device has not: as QEMU, it keeps what a driver says of them. */
  readonly #absent = new Map<number, number>();

  constructor(pci: VirtioPci) {
    this.#pci = pci;
  }

  /** Whether the driver has turned messages on. */
  get messages(): boolean {
    return this.#msix?.enabled ?? false;
  }

  /** Adds MSI-X with `vectors` vectors, its table in BAR `bar`. Returns the BAR's content, or what is left of it where nobody takes messages. */
  addMsix(vectors: number, bar: number) {
    const pci = this.#pci;
    // QEMU's tables count their entries with 16 bits.
    const entries = vectors & 0xffff;
    const { takesMessages } = pci.pciBus;
    if (!takesMessages || entries === 0 || entries > MAX_VECTORS) {
      if (takesMessages) pci.context.report(`warning: unable to init msix vectors to ${vectors}`);
      return { usable: false, bytes: msixLayout(entries).bar } as const;
    }
    this.#msix = new Msix(pci.config, entries, bar, (address, data) => this.#send(address, data));
    return { usable: true, region: this.#msix.exclusiveBar(pci, pci.vdev.dev) } as const;
  }

  /** Tells the driver that `isr` changed. */
  raise(vector: number, queue: number): void {
    const pci = this.#pci;
    const { vdev } = pci;
    const { journal } = pci.context;
    if (this.#msix?.enabled) {
      const sent = vector !== VIRTIO_MSI_NO_VECTOR && this.#msix.notify(vector);
      if (journal.on && (vector !== VIRTIO_MSI_NO_VECTOR || vdev.isr !== 0))
        journal.interrupt(vdev.dev, queue, sent ? 'message' : 'masked', vector, 'always');
      return;
    }
    const level = (vdev.isr & 1) !== 0;
    if (journal.on && level) {
      const disabled = pci.intxDisabled;
      journal.interrupt(
        vdev.dev,
        queue,
        disabled ? 'masked' : 'raised',
        this.#line,
        disabled ? 'intxDisabled' : 'always',
      );
    }
    pci.setIntx(level);
  }

  /** Reading the ISR acknowledges: it clears, and the line falls (VIRTIO 1.4 §4.1.4.5). */
  acknowledge(): number {
    const pci = this.#pci;
    const { vdev } = pci;
    const { isr } = vdev;
    vdev.isr = 0;
    if (isr & 1 && !this.messages) this.#journalFall();
    pci.setIntx(false);
    return isr;
  }

  /** The driver gives configuration changes a vector; one that is not there becomes "none". */
  assignConfig(vector: number): void {
    const { vdev } = this.#pci;
    vdev.configVector = this.#exchange(vdev.configVector, vector);
  }

  /** Vector of the selected queue. */
  get queueVector(): number {
    const { selected, vdev } = this.#pci;
    return selected?.vector ?? this.#absent.get(vdev.queueSel) ?? VIRTIO_MSI_NO_VECTOR;
  }

  /** The driver gives the selected queue a vector; one that is not there becomes "none". */
  set queueVector(wanted: number) {
    const { selected, vdev } = this.#pci;
    const vector = this.#exchange(this.queueVector, wanted);
    if (selected) selected.vector = vector;
    else this.#absent.set(vdev.queueSel, vector);
  }

  #exchange(old: number, vector: number): number {
    this.#msix?.unuse(old);
    if (vector >= (this.#msix?.vectors ?? 0)) return VIRTIO_MSI_NO_VECTOR;
    this.#msix?.use(vector);
    return vector;
  }

  /** To be called after every configuration write. */
  configWritten(offset: number, size: number): void {
    if (this.#msix?.configWritten(offset, size)) this.#pci.setIntx(false);
  }

  /** The virtio device was reset: its queues have no vectors. */
  forgetVectors(): void {
    this.#msix?.unuseAll();
    this.#absent.clear();
  }

  /** The function was reset. */
  reset(): void {
    this.#msix?.reset();
  }

  saveState(): State | undefined {
    return this.#msix?.saveState();
  }

  loadState(state: State | undefined): void {
    if (state) this.#msix?.loadState(state);
  }

  get #line(): number {
    const { pciBus } = this.#pci;
    return pciBus.inputOf(pciBus.wireOf(this.#pci)) >>> 0;
  }

  #journalFall(): void {
    const { context, vdev } = this.#pci;
    if (context.journal.on)
      context.journal.interrupt(vdev.dev, NONE, 'lowered', this.#line, 'always');
  }

  /** A message is a write by the function, which it can do as a bus master only. */
  #send(address: number, data: number): void {
    const { config, context } = this.#pci;
    if (!(config.get(PCI_CONFIG.Command.offset, 2) & PCI_COMMAND.MASTER)) return;
    const { ram, memory, journal } = context;
    const offset = ram.offsetOf(address, 4);
    if (offset < 0) {
      memory.write(address, 4, data);
      return;
    }
    if (journal.on) journal.memWrite(ACTOR.device, address, 4, ram.readAt(offset, 4), 0, data, 0);
    ram.writeAt(offset, 4, data);
  }
}
