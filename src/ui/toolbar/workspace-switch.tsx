import { Choice, type ChoiceOption } from '../kit/choice.tsx';
import { turnTo, useUi, type Workspace } from '../state/ui-store.ts';

const WORKSPACES: readonly ChoiceOption<Workspace>[] = [
  {
    value: 'watch',
    label: 'Watch',
    title: 'Script, machine, ring, story: watch a guest run (F4)',
  },
  {
    value: 'build',
    label: 'Build',
    title: 'Palette, canvas, command line, info qtree: build the machine (F4)',
  },
];

/** Watching a guest run, or building its machine. */
export function WorkspaceSwitch() {
  const workspace = useUi((ui) => ui.workspace);
  return <Choice label="Workspace" value={workspace} options={WORKSPACES} choose={turnTo} />;
}
