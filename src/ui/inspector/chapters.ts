import { sectionTitle } from '../../spec/sections.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';

/** A chapter of VIRTIO 1.4. */
export interface Chapter {
  /** `5.2` */
  readonly section: string;
  readonly title: string;
}

/** Sections of chapter 5 in its order, by virtio ID. */
const DEVICE_TYPES: readonly (keyof typeof VIRTIO_ID)[] = [
  'NET',
  'BLOCK',
  'CONSOLE',
  'ENTROPY',
  'BALLOON',
  'SCSI',
  'GPU',
  'INPUT',
  'CRYPTO',
  'SOCKET',
  'FS',
  'RPMB',
  'IOMMU',
  'SOUND',
  'MEM',
  'I2C_ADAPTER',
  'SCMI',
  'GPIO',
  'PMEM',
];

/** Sections of chapter 4, by an ancestor of the transport's type. */
const TRANSPORTS: readonly (readonly [type: string, section: string])[] = [
  ['virtio-pci', '4.1'],
  ['virtio-mmio', '4.2'],
  ['virtio-ccw-device', '4.3'],
];

/** What the specification says about a device: its kind (chapter 5) and its transport (chapter 4). */
export function chaptersOf(
  deviceId: number | undefined,
  transportAncestors: readonly string[],
): Chapter[] {
  const transport = TRANSPORTS.find(([type]) => transportAncestors.includes(type));
  return [deviceChapter(deviceId), transport?.[1]].flatMap((section) => {
    const title = section === undefined ? undefined : sectionTitle(section);
    return section === undefined || title === undefined ? [] : [{ section, title }];
  });
}

/** Number of the section about a kind of device: `5.2`; undefined where there is none. */
export function deviceChapter(deviceId: number | undefined): string | undefined {
  const kind = DEVICE_TYPES.findIndex((name) => VIRTIO_ID[name] === deviceId);
  return kind < 0 ? undefined : `5.${kind + 1}`;
}
