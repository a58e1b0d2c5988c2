import { ConfigError } from '../qom/errors.ts';
import type { Place } from './start-log.ts';

/** What a command line asks instead of describing a machine. */
export interface Question {
  readonly about: 'version' | 'cpu' | 'device' | 'object' | 'machine' | 'netdev' | 'chardev';
  /** The type that it is about; undefined for a list of them. */
  readonly name: string | undefined;
  /** The option that asks. */
  readonly location: Place;
  /** Whether the line says where pictures go. */
  readonly display: boolean;
}

/** The command line asks a question: whoever reads it cannot answer, the composition root can. */
export class Asked extends ConfigError {
  readonly question: Question;

  constructor(question: Question) {
    super('asks for help only, so there is no machine to build');
    this.question = question;
  }
}

/** The command line asked a question (`-device help`): there is no machine, only an answer. */
export class Answered extends ConfigError {
  /** What is printed on standard output, with line ends. */
  readonly text: string;
  /** What is printed on stderr, with line ends. */
  readonly stderr: string;

  constructor(text: string, stderr = '') {
    super(text);
    this.text = text;
    this.stderr = stderr;
  }
}
