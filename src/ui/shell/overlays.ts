/** What opens above the page. One module, so that it arrives as one file, after the first screen. */
export { DiskMenu, ExamplesMenu } from '../toolbar/menus.tsx';
export { HelpDialog } from './help-dialog.tsx';
