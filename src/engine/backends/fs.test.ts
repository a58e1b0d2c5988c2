import { describe, expect, test } from 'vitest';
import { Fsdevs } from './fs.ts';

const LOCAL = { fsdriver: 'local', id: 'f', path: 'share', security_model: 'none' };

function fsdevs(): Fsdevs {
  return new Fsdevs((name) =>
    name === 'share' ? 'directory' : name === 'disk.img' ? 'file' : undefined,
  );
}

describe('a file system', () => {
  test.each([
    [{ fsdriver: 'local' }, 'fsdev: No id specified'],
    [{ id: 'f' }, 'fsdev: No fsdriver specified'],
    [{ fsdriver: 'foo', id: 'f' }, 'fsdev: fsdriver foo not found'],
    [{ fsdriver: 'local', id: 'f' }, 'security_model property not set\nValid options are:'],
    [{ ...LOCAL, security_model: 'x' }, "invalid security_model property 'x'\nValid options"],
    [{ fsdriver: 'local', id: 'f', security_model: 'none' }, 'path property not set'],
    [{ ...LOCAL, fmode: '0644' }, 'fmode is only valid for mapped security modes'],
    [{ ...LOCAL, multidevs: 'x' }, "invalid multidevs property 'x'\nValid options are:"],
    [{ ...LOCAL, socket: 'x' }, "'socket' is invalid for fsdriver 'local'"],
    [{ fsdriver: 'synth', id: 'f', path: 'x' }, "'path' is invalid for fsdriver 'synth'"],
    [{ fsdriver: 'proxy', id: 'f' }, 'both socket and sock_fd properties are missing'],
  ])('described by %j is refused', (parameters, reason) => {
    expect(() => fsdevs().add(new Map(Object.entries(parameters)))).toThrow(reason);
  });

  test.each([
    [{ ...LOCAL, path: 'nosuch' }, "failed to open 'nosuch': No such file or directory"],
    [{ ...LOCAL, path: 'disk.img' }, "failed to open 'disk.img': Not a directory"],
    [{ fsdriver: 'proxy', id: 'f', socket: '/x' }, "failed to connect to '/x': No such file"],
  ])('whose files are not there (%j) is refused when a device opens it', (parameters, reason) => {
    const all = fsdevs();
    const fsdev = all.add(new Map(Object.entries(parameters)));
    expect(() => all.open(fsdev)).toThrow(`cannot initialize fsdev 'f': ${reason}`);
  });

  test('with files, or of none, opens as often as it is asked', () => {
    const all = fsdevs();
    const share = all.add(new Map(Object.entries({ ...LOCAL, 'throttling.bps-total': '5' })));
    const synth = all.add(
      new Map([
        ['fsdriver', 'synth'],
        ['id', 's'],
      ]),
    );
    for (const fsdev of [share, share, synth]) expect(() => all.open(fsdev)).not.toThrow();
    expect(all.find('s')).toBe(synth);
  });
});
