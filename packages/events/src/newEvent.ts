import { currentContext, newContext, newId } from '@souk/runtime';
import type { z } from 'zod';
import type { EventDefinition } from './defineEvent.js';
import type { EventOf } from './envelope.js';

/**
 * Makes an event of now. Trace, correlation, causation and actor come from the current unit of work: an event made while another
 * one is being consumed is caused by that one. Throws when `data` is not exactly what the definition says (also on properties
 * that it does not name, so that nothing personal slips in): that is a bug of the producer, and its transaction rolls back.
 */
export function newEvent<Definition extends EventDefinition>(
  definition: Definition,
  options: { aggregateId: string; sequence: number; data: z.input<Definition['data']>; now?: Date },
): EventOf<Definition> {
  const context = currentContext() ?? newContext('background');
  const now = options.now ?? new Date();
  return {
    id: newId('evt', now),
    type: definition.type,
    version: definition.version,
    aggregateId: options.aggregateId,
    sequence: options.sequence,
    occurredAt: now.toISOString(),
    traceparent: context.traceparent,
    correlationId: context.correlationId,
    causationId: context.causationId ?? null,
    actor: context.actor,
    data: strictOf(definition).parse(options.data) as EventOf<Definition>['data'],
  };
}

const strict = new WeakMap<EventDefinition, z.ZodObject>();

function strictOf(definition: EventDefinition): z.ZodObject {
  const known = strict.get(definition);
  if (known !== undefined) return known;
  const made = definition.data.strict();
  strict.set(definition, made);
  return made;
}
