/** The views of the side pane. One module, so that they arrive as one file, beside the first screen. */
export { InspectorView } from '../inspector/inspector-view.tsx';
export { WhyHint } from '../why/why-hint.tsx';
export { WhyView } from '../why/why-view.tsx';
export { StoryView } from './story-view.tsx';
