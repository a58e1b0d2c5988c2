import type { RunSummary } from '../session/session.ts';

/** What a run is, in one line: where it came from, how long it is, whether it can go on. */
export function runWords(run: RunSummary, runs: readonly RunSummary[], length: number): string {
  const { branch, live } = run;
  const events = `${length.toLocaleString('en')} events`;
  const origin = branch && runs.find(({ id }) => id === branch.of);
  const from = branch
    ? `, left ${origin?.name ?? 'a run that was dropped'} at event ${branch.at.toLocaleString('en')}`
    : '';
  return `${events}${from}${live ? ' · the live machine' : ''}`;
}

/** What "continue from here" would do, as its button says it. */
export function continueWords(state: {
  readonly cursor: number;
  readonly edited: boolean;
  readonly opened: boolean;
}): string {
  const at = state.cursor.toLocaleString('en');
  const how = state.edited
    ? 'with the script as it is in the editor now, as far as it does the same'
    : 'exactly as they were';
  const whose = state.opened ? ', with the scripts and commands that the file has' : '';
  return `Continue from here: the machine is made again and repeats the first ${at} events at full speed, ${how}${whose}. From there it goes on live, as a run beside this one.`;
}
