import { VIRTIO_BLK_CONFIG } from '../../spec/blk.ts';
import { STATUS } from '../../spec/virtio.ts';
import type { Clause } from './device-clauses.ts';
import { PLAIN, type Subject } from './subject.ts';

const PAGE = 4096;
const legacy = ({ port }: Subject) => port.legacy;
const pages = (length: number) => Math.ceil(length / PAGE) * PAGE;

/** What a transitional device must do for drivers from before VIRTIO 1.0. */
export const LEGACY_CLAUSES: readonly Clause[] = [
  {
    section: '2.2.3',
    title: 'a driver that does not accept VERSION_1 is a legacy one, in the byte order of its CPUs',
    applies: ({ port, format }) => port.name === 'ccw' && format === 'split',
    trial({ port }) {
      const capacities = [0n, PLAIN, 0n].map((features) => {
        port.reset();
        port.setStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
        port.accept(features);
        return [...port.config(0, 8)];
      });
      const little = [128, 0, 0, 0, 0, 0, 0, 0];
      return { capacities: [capacities, [little.toReversed(), little, little.toReversed()]] };
    },
  },
  {
    section: '2.7.2',
    title: 'rings lie behind one another, the used ring on a page of its own',
    applies: legacy,
    trial(subject) {
      const ring = subject.start();
      const { desc, driver, device } = ring.areas;
      const end = driver + 2 * (3 + ring.size);
      const padding = () => subject.bytes.bytes(end, device - end).some((byte) => byte !== 0);
      const request = subject.request();
      // The device has been told the first address, and no other.
      const id = ring.offer(request.pieces);
      subject.port.notify(0);
      return {
        places: [
          [driver - desc, device - desc],
          [16 * ring.size, pages(end - desc)],
        ],
        served: [subject.served(request), true],
        returned: [ring.returned(), [{ id, len: 513 }]],
        'written between': [padding(), false],
      };
    },
  },
  {
    section: '3.1.2',
    title: 'requests are served before DRIVER_OK',
    applies: legacy,
    trial(subject) {
      subject.negotiate();
      const ring = subject.queue();
      const request = subject.request();
      ring.offer(request.pieces);
      subject.port.notify(0);
      const served = subject.served(request);
      subject.port.setStatus(subject.live);
      const another = subject.request();
      ring.offer(another.pieces);
      subject.port.notify(0);
      return {
        before: [served, true],
        after: [subject.served(another), true],
        returned: [ring.returned().length, 2],
      };
    },
  },
  {
    section: '3.1.2',
    title: 'configuration can be written before features are',
    applies: ({ port }) => port.legacy && port.writeConfig !== undefined,
    trial({ port }) {
      const { offset } = VIRTIO_BLK_CONFIG.writeback;
      port.reset();
      port.setStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
      const values = [0, 1, 0].map((value) => {
        port.writeConfig?.(offset, value);
        return port.config(offset, 1)[0];
      });
      return { writeback: [values, [0, 1, 0]] };
    },
  },
];
