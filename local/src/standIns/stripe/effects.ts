import { randomId } from '../core/randomId.js';
import type { Put } from '../openStore.js';
import type { StripeErrorBody } from './failure.js';
import type { EventRecord, StripeObject } from './records.js';

/** An event that a decision wants to be told. */
export interface EventDraft {
  readonly type: string;
  readonly about: StripeObject;
  /** Old values of what changed (`data.previous_attributes`). */
  readonly previous?: Readonly<Record<string, unknown>>;
}

/**
 * What a decision leads to: objects to store and events to tell, committed together. `refusal` is a refusal that
 * nevertheless leaves traces (a declined card): it is answered with 402.
 */
export interface Effects {
  readonly objects: readonly StripeObject[];
  readonly events: readonly EventDraft[];
  readonly refusal?: StripeErrorBody;
}

/** One after the other; the refusal of either. */
export function both(first: Effects, second: Effects): Effects {
  const refusal = second.refusal ?? first.refusal;
  return {
    objects: [...first.objects, ...second.objects],
    events: [...first.events, ...second.events],
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** What the store has to commit for these effects. `wanted` tells to which event types the webhook endpoint listens. */
export function toPuts(
  effects: Effects,
  cause: { now: number; requestId: string | null; idempotencyKey: string | null; wanted: (type: string) => boolean },
): { puts: Put[]; events: EventRecord[] } {
  const events = effects.events.map(
    (draft): EventRecord => ({
      id: randomId('evt_'),
      type: draft.type,
      created: cause.now,
      about: draft.about,
      previous: draft.previous ?? null,
      requestId: cause.requestId,
      idempotencyKey: cause.idempotencyKey,
      wanted: cause.wanted(draft.type),
    }),
  );
  const objects = effects.objects.map(({ kind, record }) => [kind, record] as Put);
  return { puts: [...objects, ...events.map((event): Put => ['event', event])], events };
}
