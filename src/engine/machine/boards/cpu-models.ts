import { catalogOf } from '../catalog/catalog.ts';

/** Whether `-cpu` takes `name`: one of QEMU's x86 models, with or without a version. */
export function isX86CpuModel(name: string): boolean {
  return catalogOf('x86_64').find(`${name}-x86_64-cpu`) !== undefined;
}
