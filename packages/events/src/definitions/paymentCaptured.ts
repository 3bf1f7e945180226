import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, code, currencyCode, idOf, instant, purposeId } from '../fields.js';

/**
 * The provider has the money. Published once per payment, however often the provider tells it; for an authorization that is captured in
 * parts once per part.
 */
export const paymentCaptured = defineEvent({
  type: 'payment.captured',
  version: 1,
  producer: 'payment',
  consumers: ['order'],
  isAwaited: true,
  data: z.object({
    paymentId: idOf('pay'),
    orderId: idOf('ord'),
    purposeId: purposeId(),
    /** What was captured now. */
    centAmount: centAmount(),
    /** All that the customer agreed to pay with this payment, whatever of it is captured. Null from older producers: `centAmount`. */
    authorizedCentAmount: centAmount().nullable().default(null),
    currencyCode: currencyCode(),
    provider: code(),
    capturedAt: instant(),
  }),
});
