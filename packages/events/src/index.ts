export { auditRecords, subjectTypeOf } from './auditRecords.js';
export { defineEvent, type EventData, type EventDefinition } from './defineEvent.js';
export {
  type EventEnvelope,
  type EventFault,
  type EventOf,
  envelopeSchema,
  type ParsedEvent,
  parseEvent,
} from './envelope.js';
export { newEvent } from './newEvent.js';
export {
  type AnyEvent,
  type EventOfType,
  type EventType,
  eventDefinition,
  events,
  eventsConsumedBy,
  producersOf,
} from './topology.js';
