import { describe, expect, it } from 'vitest';
import { LineEditor } from './line-editor.ts';

const ESCAPE = '\x1b';
const PART = new RegExp(`${ESCAPE}\\[\\d*[DK]|[^]`, 'gu');

const WORDS = ['info', 'device_add', 'device_del', 'virtio-blk-pci', 'id='];

function known(line: string) {
  const start = /[^\s,]*$/.exec(line)?.index ?? 0;
  return { start, candidates: WORDS.filter((word) => word.startsWith(line.slice(start))) };
}

/** A terminal of one endless line: what would be on the screen after the last newline. */
function terminal() {
  let shown = '';
  let at = 0;
  const ran: string[] = [];
  const pending: (() => void)[] = [];
  const editor = new LineEditor({
    prompt: '> ',
    write(text) {
      for (const part of text.match(PART) ?? []) {
        if (part.startsWith('\x1b[') && part.endsWith('D'))
          at -= Number.parseInt(part.slice(2), 10);
        else if (part === '\x1b[K') shown = shown.slice(0, at);
        else if (part === '\n') {
          shown = '';
          at = 0;
        } else {
          shown = shown.slice(0, at) + part + shown.slice(at + 1);
          at++;
        }
      }
    },
    complete: (line) => Promise.resolve(known(line)),
    run(line) {
      ran.push(line);
      return new Promise((resolve) => pending.push(resolve));
    },
  });
  editor.begin();
  return {
    editor,
    ran,
    screen: () => `${shown.slice(0, at)}|${shown.slice(at)}`,
    async answer() {
      pending.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

describe('LineEditor', () => {
  it('edits in the middle of a line', () => {
    const { editor, screen } = terminal();
    editor.type('info tree');
    editor.type('\x1b[D\x1b[D\x1b[D\x1b[Dq');
    expect(screen()).toBe('> info q|tree');
    editor.type('\x01X\x05!');
    expect(screen()).toBe('> Xinfo qtree!|');
    editor.type('\x01\x04\x05\x7f');
    expect(screen()).toBe('> info qtree|');
  });

  it('completes as far as it is certain, and lists what a word may be', async () => {
    const { editor, screen, answer } = terminal();
    editor.type('in\tx');
    await answer();
    expect(screen()).toBe('> info x|');
    editor.type('\x15\x7fd\t');
    await answer();
    expect(screen()).toBe('> device_|');
    editor.type('\ta\t');
    await answer();
    expect(screen()).toBe('> device_add |');
    editor.type('vir\t\x7f,id\t\x02');
    await answer();
    await answer();
    expect(screen()).toBe('> device_add virtio-blk-pci,id|=');
  });

  it('runs a line, and keeps what is typed meanwhile for the next prompt', async () => {
    const { editor, ran, screen, answer } = terminal();
    editor.type('info qtree\rhelp');
    expect(ran).toEqual(['info qtree']);
    expect(screen()).toBe('|');
    await answer();
    expect(screen()).toBe('> help|');
  });

  it('recalls lines, and the unfinished one after them', async () => {
    const { editor, screen, answer } = terminal();
    for (const line of ['one', 'two']) {
      editor.type(`${line}\r`);
      await answer();
    }
    editor.type('thr\x1b[A\x1b[A');
    expect(screen()).toBe('> one|');
    editor.type('\x1b[A');
    expect(screen()).toBe('> one|');
    editor.type('\x1b[B\x1b[B');
    expect(screen()).toBe('> thr|');
  });

  it('ignores keys that mean nothing here and never runs an empty line', () => {
    const { editor, ran, screen } = terminal();
    editor.type('\x1b[5~\x1bOP\x00a\r'.slice(0, -2));
    editor.type('\r');
    expect(ran).toEqual([]);
    expect(screen()).toBe('> |');
  });
});
