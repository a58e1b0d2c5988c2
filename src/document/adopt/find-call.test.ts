import { describe, expect, it } from 'vitest';
import { findCall } from './find-call.ts';
import { UNSET } from './unset.ts';

/** The words of a call, with `‹name›` for what is unknown. */
const words = (text: string) =>
  findCall(text)?.words.map((word) => word.replace(UNSET, (_, name: string) => `‹${name}›`));

const CALL = 'qemu-system-x86_64';

describe('the call of QEMU in a script', () => {
  it.each([
    ['continued lines', `${CALL} -m 1G \\\n  -smp 2\n`, ['-m', '1G', '-smp', '2']],
    ['a blank behind the backslash', `${CALL} -m 1G \\ \n -smp 2`, ['-m', '1G', '-smp', '2']],
    ['lost backslashes', `${CALL} -m 1G\n  -smp 2\n-S`, ['-m', '1G', '-smp', '2', '-S']],
    [
      'lines of Windows',
      `${CALL}.exe -m 1G ^\r\n  -hda C:\\vm\\a.img`,
      ['-m', '1G', '-hda', 'C:\\vm\\a.img'],
    ],
    ['lines of PowerShell', `${CALL} -m 1G \`\n  -smp 2`, ['-m', '1G', '-smp', '2']],
    ['comments', `# ${CALL} -m 9\n${CALL} -m 1 # -smp 3\n`, ['-m', '1']],
    ['a prompt', `user@host:~$ ${CALL} -m 1`, ['-m', '1']],
    ['the prompt of root', `# ${CALL} -m 1`, ['-m', '1']],
    ['prompts of continued lines', `$ ${CALL} \\\n> -m 1`, ['-m', '1']],
    ['words in front', `sudo -E nice -n 5 taskset -c 0-3 /opt/bin/${CALL} -m 1`, ['-m', '1']],
    ['the environment', `FOO=1 env BAR=2 ${CALL} -m 1`, ['-m', '1']],
    ['what follows', `${CALL} -m 1 2>&1 | tee log; echo done && ls > x`, ['-m', '1']],
    ['in the background', `${CALL} -m 1 &\nsleep 3`, ['-m', '1']],
    ['a shell’s argument', `sh -c '${CALL} -m 1 -name "a b"'`, ['-m', '1', '-name', 'a b']],
    ['eval', `C="${CALL} -m 1 -append 'a b'"\neval $C`, ['-m', '1', '-append', 'a b']],
    ['a service', `ExecStart=/usr/bin/${CALL} -m 1`, ['-m', '1']],
    ['an installation before', `apt install ${CALL} -y\n${CALL} -m 1`, ['-m', '1']],
    ['prose with an apostrophe', `Don't forget:\n${CALL} -m 1`, ['-m', '1']],
    ['Markdown', `\`\`\`sh\n${CALL} -m 1\n\`\`\``, ['-m', '1']],
    ['typography', `${CALL} –m 1 –name “a b”`, ['-m', '1', '-name', 'a b']],
    ['and so on', `${CALL} -m 1 [options] ...`, ['-m', '1']],
    ['conditions', `if [ -f x ]; then\n ${CALL} -m 1\nfi`, ['-m', '1']],
    ['a here-document', `cat > x <<EOF\n${CALL} -m 9\nEOF\n${CALL} -m 1`, ['-m', '1']],
  ])('%s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});

describe('variables', () => {
  it.each([
    ['set', 'M=1G; qemu-system-x86_64 -m $M', ['-m', '1G']],
    ['in braces', `A=x\nqemu-system-x86_64 -hda "\${A}y.img"`, ['-hda', 'xy.img']],
    ['of several words', 'O="-m 1 -smp 2"\nqemu-system-x86_64 $O', ['-m', '1', '-smp', '2']],
    ['in quotes', 'N="a b"\nqemu-system-x86_64 -name "$N"', ['-name', 'a b']],
    ['not in single quotes', "qemu-system-x86_64 -name '$N'", ['-name', '$N']],
    [
      'added to',
      'O=-S\nO+=" -m 1"\nO="$O -smp 2"\nqemu-system-x86_64 $O',
      ['-S', '-m', '1', '-smp', '2'],
    ],
    [
      'an array',
      `O=(-m 1\n # no\n -name "a b")\nO+=(-S)\nqemu-system-x86_64 "\${O[@]}"`,
      ['-m', '1', '-name', 'a b', '-S'],
    ],
    [
      'a default',
      `qemu-system-x86_64 -m \${MEM:-2G} -hda \${1-a.img}`,
      ['-m', '2G', '-hda', 'a.img'],
    ],
    ['an alternative', `V=1\nqemu-system-x86_64 \${V:+-S} \${W:+-s}`, ['-S']],
    [
      'sums',
      'C=3\nqemu-system-x86_64 -smp $((C * 2 + 1)) -m $((1024*2))',
      ['-smp', '7', '-m', '2048'],
    ],
    [
      'commands',
      'qemu-system-$(uname -m) -smp `nproc` -hda $(pwd)/a',
      ['-smp', '2', '-hda', './a'],
    ],
    ['the program', 'QEMU=qemu-system-x86_64\n"$QEMU" -m 1', ['-m', '1']],
    [
      'unset',
      'qemu-system-x86_64 -m $MEM -drive file=$D,if=virtio',
      ['-m', '‹$MEM›', '-drive', 'file=‹$D›,if=virtio'],
    ],
    ['placeholders', 'qemu-system-x86_64 -hda <disk.img>', ['-hda', '‹disk.img›']],
  ])('%s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('names what stands between options and is not known', () => {
    const call = findCall('qemu-system-x86_64 -m 1 $EXTRA "$@"');
    expect([call?.words, call?.unknown]).toEqual([['-m', '1'], ['$EXTRA']]);
  });
});
