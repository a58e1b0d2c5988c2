import { ConfigError } from '../qom/errors.ts';

/** The command line asked a question (`-device help`): there is no machine, only an answer. */
export class Answered extends ConfigError {
  /** What is printed on standard output, with line ends. */
  readonly text: string;

  constructor(text: string) {
    super(text);
    this.text = text;
  }
}
