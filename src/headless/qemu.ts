import { basename } from 'node:path';
import { programArch } from '../options/programs.ts';
import { runQemu } from './qemu/program.ts';

/** The program's name is that of the file that was called, else the first word, else QEMU's default. */
const [, called = '', ...words] = process.argv;
const name = basename(called);
if (programArch(name) !== undefined) runQemu([name, ...words]);
else if (programArch(words[0] ?? '') !== undefined) runQemu(words);
else runQemu(['qemu-system-x86_64', ...words]);
