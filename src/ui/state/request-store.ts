import { create } from 'zustand';
import type { RequestFacts } from '../../journal/spans/request-facts.ts';

interface ChosenRequest {
  /** The request that the person looks at, in event numbers; undefined where there is none. */
  readonly chosen: RequestFacts | undefined;
}

/**
 * The request that is chosen on the timeline, for every panel that can show where it is: `dev`, `queue` and
 * `head` name the chain, and from event `available` to `used` it is in that queue.
 */
export const useRequest = create<ChosenRequest>()(() => ({ chosen: undefined }));

/** Chooses a request, or none. */
export function chooseRequest(chosen: RequestFacts | undefined): void {
  useRequest.setState({ chosen });
}
