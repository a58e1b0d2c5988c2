/** Runs of keys whose Linux codes follow one another: the first code, then the keys' names in QEMU. */
const RUNS: readonly (readonly [first: number, names: string])[] = [
  [1, 'esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab q w e r t y u i o p'],
  [26, 'bracket_left bracket_right ret ctrl a s d f g h j k l semicolon apostrophe'],
  [41, 'grave_accent shift backslash z x c v b n m comma dot slash shift_r'],
  [55, 'kp_multiply alt spc caps_lock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10'],
  [69, 'num_lock scroll_lock kp_7 kp_8 kp_9 kp_subtract kp_4 kp_5 kp_6 kp_add'],
  [79, 'kp_1 kp_2 kp_3 kp_0 kp_decimal'],
  [86, 'less f11 f12 ro'],
  [91, 'hiragana henkan katakanahiragana muhenkan'],
  [96, 'kp_enter ctrl_r kp_divide print alt_r lf home up pgup left right end down pgdn'],
  [110, 'insert delete'],
  [113, 'audiomute volumedown volumeup power kp_equals'],
  [119, 'pause'],
  [121, 'kp_comma lang1 lang2 yen meta_l meta_r compose stop again props undo front'],
  [133, 'copy open paste find cut help menu calculator'],
  [142, 'sleep wake'],
  [155, 'mail ac_bookmarks computer ac_back ac_forward'],
  [163, 'audionext audioplay audioprev audiostop'],
  [172, 'ac_home ac_refresh'],
  [226, 'mediaselect'],
];

/** Linux's code of each key, by QEMU's name. */
export const KEY_CODES: ReadonlyMap<string, number> = new Map([
  ...RUNS.flatMap(([first, names]) =>
    names.split(' ').map((name, i): [string, number] => [name, first + i]),
  ),
  // Names that share a key with others.
  ['asterisk', 55],
  ['sysrq', 99],
]);

/** Whether QEMU knows a key by that name: each has a code, but for the one that stands for no key. */
export function isKeyName(name: string): boolean {
  return KEY_CODES.has(name) || name === 'unmapped';
}
