import type { ServiceName } from '@souk/runtime';
import type { Job } from 'bullmq';

/** Name of everything that the outbox keeps in Redis. All of it can be lost and is rebuilt from the outboxes. */
export const queueName = (consumer: string): string => `souk-${consumer}`;
/** List of acknowledgements that a producer has not read yet. */
export const settledKey = (producer: ServiceName): string => `souk:settled:${producer}`;
/** Hash: service → JSON of its backlog, for the staff's view. */
export const LAG_KEY = 'souk:outbox:lag';
/** Channel on which Postgres tells that events were committed. */
export const NOTIFY_CHANNEL = 'souk_outbox';

/** What a job carries: an event, or several that left together. */
export interface DeliveryData {
  readonly events: readonly unknown[];
  /** Whom to acknowledge to; known even when this build does not know the event's type. */
  readonly producer: ServiceName;
}

/** An event of a job with what it says of itself, whether this build can read it or not. */
export interface Content {
  readonly event: unknown;
  readonly id: string;
  readonly type: string;
  readonly traceparent: string | undefined;
  readonly correlationId: string | undefined;
}

/** What is in a job; at least one, also when it is not a job of ours. */
export function contentsOf({ id = '', name, data }: Pick<Job<DeliveryData>, 'id' | 'name' | 'data'>): Content[] {
  const events: readonly unknown[] = Array.isArray(data.events) ? data.events : [data];
  return events.map((event) => {
    const said = { ...(event as object) } as { [Property in keyof Content]?: unknown };
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
    return {
      event,
      id: text(said.id) ?? id,
      type: text(said.type) ?? name,
      traceparent: text(said.traceparent),
      correlationId: text(said.correlationId),
    };
  });
}
