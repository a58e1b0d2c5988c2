import type { Chardevs } from '../backends/chardev.ts';
import { StringHashOrder } from '../qom/string-hash-order.ts';

/** `info chardev`: a line for each character back end, from the end of QEMU's table of them. */
export function infoChardev({ chardevs }: { readonly chardevs: Chardevs }): string {
  const names = new StringHashOrder(chardevs.list().map(({ id }) => id)).names();
  return names
    .reverse()
    .map((id) => `${id}: filename=${chardevs.find(id)?.filename}\n`)
    .join('');
}
