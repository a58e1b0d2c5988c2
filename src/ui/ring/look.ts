import { useEffect, useState } from 'react';
import { useDark } from '../state/theme.ts';
import { useUi } from '../state/ui-store.ts';
import { type Look, TOKENS, type Token } from './scene/protocol.ts';

/** What the picture in `host` must look like: colours and fonts of the style sheet, the screen's pixels, motion. */
export function useLook(host: HTMLElement | null): Look | undefined {
  const dark = useDark();
  const presentation = useUi((ui) => ui.presentation);
  const ratio = useRatio(host, presentation);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const [look, setLook] = useState<Look | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet's colours depend on it
  useEffect(() => {
    if (!host) return;
    const style = getComputedStyle(host);
    const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const colours = Object.fromEntries(TOKENS.map((token) => [token, value(token)]));
    setLook({
      colours: colours as Record<Token, string>,
      mono: value('mono'),
      sans: value('sans'),
      ratio,
      still,
    });
  }, [host, dark, ratio, still]);
  return look;
}

/** Pixels of the screen for each pixel of a host, which the style sheet may magnify. */
function useRatio(host: HTMLElement | null, presentation: boolean): number {
  const [ratio, setRatio] = useState(1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet's magnification depends on it
  useEffect(() => {
    const look = () => {
      const zoom = host && 'currentCSSZoom' in host ? Number(host.currentCSSZoom) || 1 : 1;
      setRatio((window.devicePixelRatio || 1) * zoom);
    };
    look();
    // It changes with the browser's zoom, with the screen, and with the room (`presentation`).
    window.addEventListener('resize', look);
    return () => window.removeEventListener('resize', look);
  }, [host, presentation]);
  return ratio;
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const look = () => setMatches(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, [query]);
  return matches;
}
