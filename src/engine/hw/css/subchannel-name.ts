import { SCHID } from '../../../spec/channel-io.ts';

/** What a subsystem-identification word names. */
export interface SubchannelName {
  /** Channel subsystem image; undefined where the word leaves it to the machine. */
  readonly cssid: number | undefined;
  readonly ssid: number;
  /** Number of the subchannel in its set. */
  readonly number: number;
}

/** Reads general register 1; undefined where that is no subsystem-identification word. */
export function readSchid(word: number): SubchannelName | undefined {
  if (!(word & SCHID.one)) return undefined;
  const cssid = (word >>> SCHID.cssidShift) & 0xff;
  const named = (word & SCHID.m) !== 0;
  if (!named && cssid !== 0) return undefined;
  return {
    cssid: named ? cssid : undefined,
    ssid: (word >>> SCHID.ssidShift) & 3,
    number: word & 0xffff,
  };
}

/** The word that names a subchannel. */
export function schidWord({ cssid, ssid, number }: SubchannelName): number {
  const image = cssid === undefined ? 0 : SCHID.m | (cssid << SCHID.cssidShift);
  return (image | SCHID.one | (ssid << SCHID.ssidShift) | number) >>> 0;
}
