/** The machine's two texts. One module, so that they arrive as one file, when they are first shown. */
export { CommandLineView } from './command-line-view.tsx';
export { QtreeView } from './qtree-view.tsx';
