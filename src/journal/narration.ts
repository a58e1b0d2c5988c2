import { sectionTitle } from '../spec/sections.ts';
import type { Moment } from './fold/moment.ts';
import { tellCompletion, tellRequest } from './narration/backend.ts';
import { tellCcw, tellChannel, tellChannelStatus, tellHypercall } from './narration/channel.ts';
import { tellGap, tellInput, tellQueueState, tellRegister, tellUnsent } from './narration/gaps.ts';
import { tellInterrupt, tellNotification, tellWait } from './narration/interrupts.ts';
import {
  tellConfigChange,
  tellDropped,
  tellFeatures,
  tellLine,
  tellLog,
  tellPlug,
  tellReset,
  tellScript,
  tellStatus,
  tellViolation,
} from './narration/lifecycle.ts';
import type { Names, Narration, Teller } from './narration/narration-types.ts';
import { tellRead, tellWrite } from './narration/registers.ts';
import {
  tellDataWrite,
  tellMemWrite,
  tellPopped,
  tellPushed,
  tellQueueConfig,
} from './narration/rings.ts';
import type { EventKind, JournalEvent } from './schema.ts';

/** How each kind of event is told. */
const TELLERS: { readonly [K in EventKind]: Teller<K> } = {
  regRead: tellRead,
  regWrite: tellWrite,
  memWrite: tellMemWrite,
  dataWrite: tellDataWrite,
  chainPopped: tellPopped,
  chainPushed: tellPushed,
  notification: tellNotification,
  interrupt: tellInterrupt,
  status: tellStatus,
  features: tellFeatures,
  queueConfig: tellQueueConfig,
  configChange: tellConfigChange,
  plug: tellPlug,
  reset: tellReset,
  backendRequest: tellRequest,
  backendCompletion: tellCompletion,
  scriptLine: tellLine,
  log: tellLog,
  violation: tellViolation,
  vcpuWait: tellWait,
  script: tellScript,
  dropped: tellDropped,
  channel: tellChannel,
  ccw: tellCcw,
  channelStatus: tellChannelStatus,
  hypercall: tellHypercall,
  gap: tellGap,
  queueState: tellQueueState,
  unsent: tellUnsent,
  input: tellInput,
  register: tellRegister,
};

/**
 * An event in plain English. `before` is the moment after all events before it: `Folder.momentAt`
 * of its number.
 */
export function narrate(event: JournalEvent, before: Moment, names: Names): Narration {
  const tell = TELLERS[event.kind] as Teller<EventKind>;
  const told = tell({ event, before, names } as Parameters<typeof tell>[0]);
  const title = told.section === undefined ? undefined : sectionTitle(told.section);
  return title === undefined ? told : { ...told, sectionTitle: title };
}
