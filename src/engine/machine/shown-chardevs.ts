import type { Chardev, Chardevs } from '../backends/chardev.ts';
import type { DeviceContext } from '../qdev/context.ts';
import { Container, type QObject } from '../qom/object.ts';

/** Shows character back ends in the tree of objects, below `/chardevs`, from now on: as long as each is there. */
export function showChardevs(
  chardevs: Chardevs,
  context: DeviceContext & { readonly root: QObject },
): void {
  const { root, registry } = context;
  chardevs.onChange = ({ id, backend }: Chardev, there: boolean) => {
    const home =
      root.children.get('chardevs') ??
      root.addChild('chardevs', registry.create('container', context));
    const shown = home.children.get(id);
    if (shown) home.removeChild(shown);
    const type = registry.find(`chardev-${backend}`);
    if (there && type) home.addChild(id, new Container({ type, registry, context }));
  };
}
