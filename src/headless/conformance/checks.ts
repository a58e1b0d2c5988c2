import type { Check, Wanted } from './check.ts';
import { checkDriverSession, type DriverSession } from './driver-session.ts';
import { checkDump, type DumpEntry } from './dumps.ts';
import { type Folder, readFile } from './folder.ts';
import { type CommandLine, checkCommandLine, checkSession, type Session } from './sessions.ts';
import { checkHelp, checkTypes, type HelpEntry } from './texts.ts';

type IndexEntry = { readonly section: string; readonly file?: string } & Partial<DumpEntry>;

function readJson<T>(folder: Folder, path: string, none: T): T {
  const text = folder.read(path);
  return text === undefined ? none : (JSON.parse(text) as T);
}

/** Every comparison that a folder asks for, in its order. */
export function* checks(folder: Folder, wanted: Wanted): Generator<Check> {
  const { entries } = readJson<{ entries: IndexEntry[] }>(folder, 'index.json', { entries: [] });
  for (const entry of entries)
    if (entry.section === 'dumps') yield* checkDump(folder, entry as DumpEntry, wanted);
    else if (entry.section === 'help') yield* checkHelp(folder, entry as HelpEntry, wanted);
  for (const file of folder.list('types')) yield* checkTypes(folder, `types/${file}`, wanted);
  const errors = 'errors/command-lines';
  for (const line of readJson<CommandLine[]>(folder, `${errors}.json`, []))
    yield* checkCommandLine(errors, line, wanted);
  for (const [kind, file] of [
    ['errors', 'errors/monitor'],
    ['hotplug', 'hotplug/hotplug'],
  ] as const)
    for (const session of readJson<Session[]>(folder, `${file}.json`, []))
      yield* checkSession(kind, file, session, wanted);
  for (const file of folder.list('drivers').filter((name) => name.endsWith('.json')))
    yield* checkDriverSession(
      JSON.parse(readFile(folder, `drivers/${file}`)) as DriverSession,
      wanted,
    );
}
