import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, code, currencyCode, idOf, instant } from '../fields.js';

/** The provider has the money. Published once per payment, however often the provider tells it. */
export const paymentCaptured = defineEvent({
  type: 'payment.captured',
  version: 1,
  producer: 'payment',
  consumers: ['order'],
  data: z.object({
    paymentId: idOf('pay'),
    orderId: idOf('ord'),
    centAmount: centAmount(),
    currencyCode: currencyCode(),
    provider: code(),
    capturedAt: instant(),
  }),
});
