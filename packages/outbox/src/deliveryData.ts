import type { ServiceName } from '@souk/runtime';
import type { Job } from 'bullmq';

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
    const said: { [Property in keyof Content]?: unknown } = Object(event);
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
