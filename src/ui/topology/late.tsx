import { lazy } from 'react';

/** Parts of the topology that the first machine can be seen without. */
const load = () => import('./traffic/index.tsx');
export const Traffic = lazy(async () => ({ default: (await load()).Traffic }));
export const TrafficCorners = lazy(async () => ({ default: (await load()).TrafficCorners }));
export const EraSwitch = lazy(async () => ({
  default: (await import('./era-switch.tsx')).EraSwitch,
}));
