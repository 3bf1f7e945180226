import type { ServiceName } from '@souk/runtime';
import type { z } from 'zod';

/**
 * The contract of one event. `version` grows when a change of `data` would break a consumer that knows the older one;
 * adding an optional property does not. `consumers` is the subscription list that the outbox writes into each row, so a
 * service that is not running still gets every event later.
 */
export interface EventDefinition<Type extends string = string, Data extends z.ZodObject = z.ZodObject> {
  readonly type: Type;
  readonly version: number;
  /** Several for what each service tells of itself. */
  readonly producer: ServiceName | readonly ServiceName[];
  readonly consumers: readonly ServiceName[];
  /** Somebody may be waiting for what it causes, so it goes out at once. Every other event may wait a moment for company. */
  readonly isAwaited?: true;
  /** Parsed by consumers: properties they do not know are dropped, so a producer may be newer than they are. */
  readonly data: Data;
}

/** Declares an event; the type argument is inferred, so `EventData<typeof orderPlaced>` is exact. */
export function defineEvent<const Type extends string, Data extends z.ZodObject>(
  definition: EventDefinition<Type, Data>,
): EventDefinition<Type, Data> {
  return definition;
}

/** The payload of a definition, as a consumer receives it. */
export type EventData<Definition extends EventDefinition> = z.output<Definition['data']>;
