import { addVga, addVgaRegisters, type VgaRegions } from '../../hw/vga.ts';
import { VirtioPci } from './virtio-pci.ts';

const BAR_VRAM = 0;
const VRAM_BYTES = 8 * 2 ** 20;

/** A GPU that is a VGA adapter as well, so that firmware sees something (VIRTIO 1.4 §5.7.7). */
export class VirtioVga extends VirtioPci {
  #vga: VgaRegions | undefined;

  protected override realizePci(): void {
    const vga = addVga(this, this.pciBus, VRAM_BYTES);
    this.#vga = vga;
    this.addBar(BAR_VRAM, { kind: 'mem', prefetch: true, region: vga.vram });
    super.realizePci();
    addVgaRegisters(this, this.modernBar);
  }

  override unrealize(): void {
    super.unrealize();
    this.#vga?.remove();
  }
}
