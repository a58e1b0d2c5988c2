/** What the person builds with. One module, so that it arrives as one file, after the first screen. */
export { BuildLayer } from './build-layer.tsx';
export { BuildTools } from './build-tools.tsx';
export { BuildPalette } from './palette.tsx';
