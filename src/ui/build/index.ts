/** What the person builds with. One module, so that it arrives as one file, after the first screen. */
export {
  connectSelected,
  deleteSelected,
} from './actions.ts';
export { BuildLayer } from './build-layer.tsx';
export { BuildPalette } from './palette.tsx';
