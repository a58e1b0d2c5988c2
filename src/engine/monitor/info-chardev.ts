import type { Chardevs } from '../backends/chardev.ts';

/** `info chardev`: a line for each character back end. */
export function infoChardev({ chardevs }: { readonly chardevs: Chardevs }): string {
  return chardevs
    .listedIds()
    .map((id) => `${id}: filename=${chardevs.find(id)?.filename}\n`)
    .join('');
}
