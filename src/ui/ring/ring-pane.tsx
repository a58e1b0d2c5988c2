import { Pane } from '../kit/pane.tsx';
export function RingPane() { return <Pane name="ring" title="Queue 0">{null}</Pane>; }
