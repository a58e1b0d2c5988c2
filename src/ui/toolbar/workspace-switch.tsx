import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { turnTo, useUi, type Workspace } from '../state/ui-store.ts';

/** Watching a guest run, or building its machine. */
export function WorkspaceSwitch() {
  const workspace = useUi((ui) => ui.workspace);
  return (
    <ToggleGroup
      className="era-switch workspace-switch"
      aria-label="Workspace"
      value={[workspace]}
      onValueChange={([chosen]) => {
        if (chosen) turnTo(chosen as Workspace);
      }}
    >
      <Toggle
        className="button button-bare"
        value="watch"
        title="Script, machine, ring, story: watch a guest run (F4)"
      >
        Watch
      </Toggle>
      <Toggle
        className="button button-bare"
        value="build"
        title="Palette, canvas, command line, info qtree: build the machine (F4)"
      >
        Build
      </Toggle>
    </ToggleGroup>
  );
}
