import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, code, currencyCode, idOf, instant, purposeId } from '../fields.js';

/** The customer has agreed and the money is held for us: staff capture it later. Published once per payment. */
export const paymentAuthorized = defineEvent({
  type: 'payment.authorized',
  version: 1,
  producer: 'payment',
  consumers: ['order'],
  isAwaited: true,
  data: z.object({
    paymentId: idOf('pay'),
    orderId: idOf('ord'),
    purposeId: purposeId(),
    centAmount: centAmount(),
    currencyCode: currencyCode(),
    provider: code(),
    /** When the authorization lapses at the provider; null when it does not say. */
    authorizedUntil: instant().nullable(),
  }),
});
