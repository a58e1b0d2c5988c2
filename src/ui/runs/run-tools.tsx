import { Popover } from '@base-ui/react/popover';
import type { ReactNode } from 'react';
import './runs.css';
import { BranchIcon, BreakpointIcon } from '../kit/icons.tsx';
import { useBreakpoints } from '../state/breakpoints.ts';
import { useSessionState } from '../state/session-context.tsx';
import { BreakpointList } from './breakpoint-list.tsx';
import { ContinueButton } from './continue-button.tsx';
import { RunList } from './run-list.tsx';

/** Breakpoints and runs, each behind a button of the toolbar. */
export default function RunTools() {
  const breakpoints = useBreakpoints(
    ({ lines, events }) => [...lines, ...events].filter(({ on }) => on).length,
  );
  const runs = useSessionState((state) => state.runs.length);
  return (
    <>
      <ContinueButton />
      <Tool
        label="Breakpoints"
        title="Breakpoints: where the picture stops by itself (Shift F9: on the line of the editor’s cursor)"
        count={breakpoints}
        icon={<BreakpointIcon />}
      >
        <BreakpointList />
      </Tool>
      {runs > 1 && (
        <Tool
          label="Runs"
          title="Runs: the live one, and those that were kept or opened"
          count={runs}
          icon={<BranchIcon />}
        >
          <RunList />
        </Tool>
      )}
    </>
  );
}

function Tool(props: {
  label: string;
  title: string;
  count: number;
  icon: ReactNode;
  children: ReactNode;
}) {
  const { label, title, count, icon, children } = props;
  return (
    <Popover.Root>
      <Popover.Trigger
        className="button run-tool"
        aria-label={count > 0 ? `${label}: ${count}` : label}
        title={title}
      >
        {icon}
        {count > 0 && <span className="run-tool-count">{count}</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="positioner" sideOffset={6} align="start">
          <Popover.Popup className="menu run-popup">
            <Popover.Title className="run-popup-title">{label}</Popover.Title>
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
