import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, code, currencyCode, idOf } from '../fields.js';

/** A customer disputes a payment at his bank, or such a dispute was decided. One event per step. */
export const paymentDisputed = defineEvent({
  type: 'payment.disputed',
  version: 1,
  producer: 'payment',
  consumers: ['order'],
  isAwaited: true,
  data: z.object({
    paymentId: idOf('pay'),
    orderId: idOf('ord'),
    disputeId: idOf('dsp'),
    centAmount: centAmount(),
    currencyCode: currencyCode(),
    /** INQUIRY and CLOSED: the bank asked, no money was taken. */
    state: z.enum(['INQUIRY', 'OPEN', 'WON', 'LOST', 'CLOSED']),
    reason: code().nullable(),
  }),
});
