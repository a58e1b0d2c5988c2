/** What opens above the page. One module, so that it arrives as one file, after the first screen. */
export { DiskMenu, ExamplesMenu, MachinesMenu, ShareMenu } from '../toolbar/menus.tsx';
export { QtreeDialog } from '../topology/qtree-dialog.tsx';
export { HelpDialog } from './help-dialog.tsx';
