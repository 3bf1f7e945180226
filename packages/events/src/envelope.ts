import { z } from 'zod';
import type { EventData, EventDefinition } from './defineEvent.js';
import { eventDefinition } from './topology.js';

/** What travels: the event and where it comes from. Times are ISO 8601 UTC. */
export interface EventEnvelope<Data = unknown> {
  /** `evt_…`; the idempotency key of everything that the event causes. */
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregateId: string;
  /** Position in the history of its aggregate. Deliveries may come in another order. */
  readonly sequence: number;
  readonly occurredAt: string;
  readonly traceparent: string;
  readonly correlationId: string;
  /** The event that caused this one, or null when a request did. */
  readonly causationId: string | null;
  readonly actor: string;
  readonly data: Data;
}

/** Shape of every envelope; `data` is parsed by the schema of its type. */
export const envelopeSchema = z.object({
  id: z.string().regex(/^evt_[0-9A-Za-z_-]{1,60}$/),
  type: z.string().min(1).max(100),
  version: z.int().positive(),
  aggregateId: z.string().min(1).max(100),
  sequence: z.int().nonnegative(),
  occurredAt: z.iso.datetime({ offset: true }),
  traceparent: z.string().regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
  correlationId: z.string().min(1).max(128),
  causationId: z.string().min(1).max(128).nullable(),
  actor: z.string().min(1).max(128),
  data: z.unknown(),
});

/** Why an event cannot be handled, however often it is tried. `detail` names paths and rules, never values. */
export type EventFault =
  | { readonly code: 'MALFORMED_ENVELOPE'; readonly detail: string }
  | { readonly code: 'UNKNOWN_EVENT_TYPE'; readonly detail: string }
  | { readonly code: 'UNKNOWN_EVENT_VERSION'; readonly detail: string }
  | { readonly code: 'MALFORMED_EVENT_DATA'; readonly detail: string };

export type ParsedEvent =
  | { readonly ok: true; readonly event: EventEnvelope; readonly definition: EventDefinition }
  | { readonly ok: false; readonly fault: EventFault };

const issues = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.code}`).join(', ');

/**
 * Reads an event at its consumer. A version that this build does not know is refused, not guessed at: the delivery is parked
 * and handled by the build that knows it.
 */
export function parseEvent(input: unknown): ParsedEvent {
  const envelope = envelopeSchema.safeParse(input);
  if (!envelope.success) return { ok: false, fault: { code: 'MALFORMED_ENVELOPE', detail: issues(envelope.error) } };
  const { type, version } = envelope.data;
  const definition = eventDefinition(type);
  if (definition === undefined) {
    return { ok: false, fault: { code: 'UNKNOWN_EVENT_TYPE', detail: `this build does not know ${type}` } };
  }
  if (definition.version !== version) {
    const detail = `${type} has version ${version}, this build handles version ${definition.version}`;
    return { ok: false, fault: { code: 'UNKNOWN_EVENT_VERSION', detail } };
  }
  const data = definition.data.safeParse(envelope.data.data);
  if (!data.success) {
    return { ok: false, fault: { code: 'MALFORMED_EVENT_DATA', detail: `${type}: ${issues(data.error)}` } };
  }
  return { ok: true, event: { ...envelope.data, data: data.data }, definition };
}

/** An envelope of one definition, e.g. `EventOf<typeof events.orderPlaced>`. */
export type EventOf<Definition extends EventDefinition> = EventEnvelope<EventData<Definition>>;
