import type { DeviceFacts, DeviceType, QtreeLine, Trial } from '../../protocol/messages.ts';
import type { MachineRoom } from './machine-room.ts';
import type { Completion } from './session.ts';

/** What can be asked of the machine thread without changing anything. */
export class Questions {
  readonly #room: MachineRoom;
  /** Whether there is a machine to ask about. */
  readonly #built: () => boolean;

  constructor(room: MachineRoom, built: () => boolean) {
    this.#room = room;
    this.#built = built;
  }

  async tryLine(commandLine: string): Promise<Trial> {
    const images = this.#room.images.unsent;
    const reply = await this.#room.link.request({ kind: 'try', commandLine, images });
    this.#room.images.sent(images);
    if (reply.kind === 'tried') return reply.trial;
    return { kind: 'refused', message: 'message' in reply ? reply.message : '' };
  }

  async deviceTypes(): Promise<readonly DeviceType[]> {
    const reply = this.#built() && (await this.#room.link.request({ kind: 'types' }));
    return reply && reply.kind === 'types' ? reply.types : [];
  }

  async device(path: string): Promise<DeviceFacts | undefined> {
    const reply = this.#built() && (await this.#room.link.request({ kind: 'device', path }));
    return reply && reply.kind === 'device' ? reply.facts : undefined;
  }

  async qtree(): Promise<readonly QtreeLine[]> {
    const reply = this.#built() && (await this.#room.link.request({ kind: 'qtree' }));
    return reply && reply.kind === 'qtree' ? reply.lines : [];
  }

  async complete(line: string): Promise<Completion> {
    const reply = this.#built() && (await this.#room.link.request({ kind: 'complete', line }));
    return reply && reply.kind === 'completed' ? reply : { start: line.length, candidates: [] };
  }

  async imageContent(name: string): Promise<Blob | undefined> {
    const reply = await this.#room.link.request({ kind: 'image', name });
    return reply.kind === 'image' && reply.content instanceof Blob ? reply.content : undefined;
  }
}
