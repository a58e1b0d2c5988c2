import { InspectorView } from '../inspector/inspector-view.tsx';
import { Pane } from '../kit/pane.tsx';
export function SidePane() { return <Pane name="side" title="Story"><InspectorView /></Pane>; }
