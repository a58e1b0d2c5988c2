import type { Device } from '../../qdev/device.ts';
import { RealizeError } from '../../qom/errors.ts';
import { reserveMessages } from '../../transports/virtio-pci/families/iommu.ts';
import { VirtioPci } from '../../transports/virtio-pci/virtio-pci.ts';
import type { BuildSite } from './board.ts';

/** What a board says about IOMMUs. */
export interface IommuOptions {
  /** Sentence for a second one. */
  readonly conflict: string;
  /** First and last address that carry interrupt messages, which an IOMMU leaves alone. */
  readonly messages: readonly [number, number] | undefined;
  /** Whether the board has one of its own. */
  readonly taken?: boolean;
}

/** Lets a board take one IOMMU device. */
export function allowIommu(site: BuildSite, { conflict, messages, taken }: IommuOptions): void {
  const { sole } = site.context;
  const handler = {
    prePlug(device: Device): void {
      if (taken || sole.has('iommu')) throw new RealizeError(conflict);
      if (device instanceof VirtioPci) reserveMessages(device, messages);
      sole.set('iommu', device);
    },
  };
  site.handlers.push(({ type }) =>
    type.isA('virtio-iommu-pci') || type.isA('x86-iommu') ? handler : undefined,
  );
}
