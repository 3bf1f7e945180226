import type { ServiceName } from '@souk/runtime';

/** Name of everything that the outbox keeps in Redis. All of it can be lost and is rebuilt from the outboxes. */
export const queueName = (consumer: string): string => `souk-${consumer}`;
/** List of acknowledgements that a producer has not read yet. */
export const settledKey = (producer: ServiceName): string => `souk:settled:${producer}`;
/** Hash: service → JSON of its backlog, for the staff's view. */
export const LAG_KEY = 'souk:outbox:lag';
/** Channel on which Postgres tells that events were committed. */
export const NOTIFY_CHANNEL = 'souk_outbox';
