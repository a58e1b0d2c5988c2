import { DEFAULT_COMMAND_LINE } from '../../lessons/examples.ts';
import { HELLO_IMAGE_NAME, helloImage } from '../../lessons/hello-image.ts';
import type { Session } from '../session/session.ts';
import { REMEMBERED, recall, remember } from '../state/storage.ts';
import { say } from '../state/ui-store.ts';

/** Builds the first machine: the one of the last visit where there is one, else the default. */
export async function startMachine(session: Session): Promise<void> {
  session.addImage(HELLO_IMAGE_NAME, helloImage());
  const last = recall(REMEMBERED.commandLine);
  if (last === undefined || last === DEFAULT_COMMAND_LINE) {
    await session.build(DEFAULT_COMMAND_LINE);
  } else {
    const { keptDisks } = await import('../state/kept-disk.ts');
    for (const [name, content] of await keptDisks()) session.addImage(name, content);
    if (!(await session.build(last))) {
      await session.build(DEFAULT_COMMAND_LINE);
      say(
        'The machine of your last visit could not be built again; this is the default one.',
        () => {
          void session.build(last);
        },
      );
    }
  }
  session.subscribe(() => keepLine(session.getState().commandLine));
}

let kept: string | undefined;

function keepLine(line: string): void {
  if (line === '' || line === kept) return;
  kept = line;
  remember(REMEMBERED.commandLine, line === DEFAULT_COMMAND_LINE ? undefined : line);
}
