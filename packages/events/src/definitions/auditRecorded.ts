import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf, isSubjectId } from '../fields.js';

/**
 * Somebody did something by the rights of a role: goes into the audit log, which the user service keeps. Only ids and codes. An action
 * that reaches several subjects is told once for each.
 */
export const auditRecorded = defineEvent({
  type: 'audit.recorded',
  version: 1,
  producer: ['order', 'payment', 'product', 'cart', 'notification'],
  consumers: ['user'],
  data: z.object({
    /** The key of the entry: told twice, it is recorded once. */
    recordId: idOf('aud'),
    service: code(),
    /** The mutation's name. */
    action: code(),
    actorId: idOf('usr'),
    subjectType: code(),
    subjectId: z.string().refine(isSubjectId, 'must be an id'),
    /** What else there is to know, such as a reason. */
    codes: z.array(code()).max(20).default([]),
  }),
});
