import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf, purposeId } from '../fields.js';

/** Authorized money of which nothing was captured is not held for us any more: it was voided, or the authorization lapsed. */
export const paymentVoided = defineEvent({
  type: 'payment.voided',
  version: 1,
  producer: 'payment',
  consumers: ['order'],
  isAwaited: true,
  data: z.object({
    paymentId: idOf('pay'),
    orderId: idOf('ord'),
    purposeId: purposeId(),
    provider: code(),
    /** REQUESTED: by us. ENDED_AT_PROVIDER: it lapsed there, or was voided there. */
    reason: z.enum(['REQUESTED', 'ENDED_AT_PROVIDER']),
  }),
});
