import { Machine } from '../engine/machine/machine.ts';
import { QmpSession } from '../headless/qemu/qmp-session.ts';
import { QtestServer } from '../headless/qemu/qtest-server.ts';
import { goldenHost } from './golden.ts';

/** An event or an answer of QMP's. */
type Message = Readonly<Record<string, unknown>>;

/** Drives a machine as QEMU's libqtest drives a QEMU: through the two text protocols alone, in this thread. */
export class QtestClient {
  /** Interrupt inputs that are raised, as the server told. */
  readonly raised = new Set<number>();
  readonly #qtest: QtestServer;
  readonly #qmp: QmpSession;
  #answers = '';
  #messages = '';
  readonly #events: Message[] = [];

  /** Builds the machine of a command line as libqtest completes it, and negotiates. */
  constructor(line: string) {
    const machine = Machine.build(`${line} -display none -accel qtest`, goldenHost());
    this.#qtest = new QtestServer(machine, {
      clock: machine.accelerator === 'qtest',
      send: (text) => {
        this.#answers += text;
      },
    });
    this.#qmp = new QmpSession(machine, {
      pretty: false,
      now: () => 0,
      send: (text) => {
        this.#messages += text;
      },
    });
    machine.onEvent = () => {
      for (const event of machine.takeEvents()) this.#qmp.event(event);
    };
    this.#qtest.open();
    this.#qmp.open();
    this.qmp('qmp_capabilities');
  }

  /** Sends one command; the words behind OK. Throws where it failed. */
  command(text: string): string[] {
    this.#answers = '';
    this.#qtest.receive(`${text}\n`);
    let answer: string[] = [];
    for (const line of this.#answers.trimEnd().split('\n')) {
      const [first, ...words] = line.split(' ');
      if (first === 'IRQ' && words[0] === 'raise') this.raised.add(Number(words[1]));
      else if (first === 'IRQ') this.raised.delete(Number(words[1]));
      else if (first === 'OK') answer = words;
      else throw new Error(`${text}: ${line}`);
    }
    return answer;
  }

  /** A read of `command`'s (`inl`, `readw`), as a number. */
  get(command: string, addr: number): number {
    return Number(this.command(`${command} 0x${addr.toString(16)}`)[0]);
  }

  /** A write of `command`'s. */
  put(command: string, addr: number, value: number): void {
    this.command(`${command} 0x${addr.toString(16)} 0x${value.toString(16)}`);
  }

  /** Bytes of guest memory. */
  read(addr: number, length: number): Uint8Array {
    const [hex = ''] = this.command(`read 0x${addr.toString(16)} ${length}`);
    return Uint8Array.from(hex.slice(2).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  }

  write(addr: number, bytes: Uint8Array): void {
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    this.command(`write 0x${addr.toString(16)} ${bytes.length} 0x${hex}`);
  }

  /** Executes a QMP command; what it returned. Throws where it failed. */
  qmp(execute: string, args: object = {}): unknown {
    this.#collect();
    this.#qmp.receive(JSON.stringify({ execute, arguments: args }));
    const answer = this.#collect();
    if (answer.error) throw new Error(`${execute}: ${JSON.stringify(answer.error)}`);
    return answer.return;
  }

  /** Takes the first event of a kind, and what came before it; undefined where there is none. */
  takeEvent(event: string): Message | undefined {
    this.#collect();
    const at = this.#events.findIndex((message) => message.event === event);
    return at < 0 ? undefined : this.#events.splice(0, at + 1).at(-1);
  }

  /** Takes in what was sent: events are kept, an answer is returned. */
  #collect(): Message {
    const lines = this.#messages.split('\r\n').filter((line) => line !== '');
    this.#messages = '';
    let answer: Message = {};
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if (message.event !== undefined) this.#events.push(message);
      else answer = message;
    }
    return answer;
  }
}
