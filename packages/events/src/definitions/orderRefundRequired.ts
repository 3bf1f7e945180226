import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, code, currencyCode, idOf } from '../fields.js';

/**
 * Money that an order does not keep (it came too late, lines were cancelled, a return was accepted): payment gives back that much of
 * this payment, at most what is left of it. One event is one refund. What is authorized and not captured is released instead.
 */
export const orderRefundRequired = defineEvent({
  type: 'order.refund_required',
  version: 1,
  producer: 'order',
  consumers: ['payment'],
  isAwaited: true,
  data: z.object({
    orderId: idOf('ord'),
    paymentId: idOf('pay'),
    centAmount: centAmount(),
    currencyCode: currencyCode(),
    reason: code(),
    /** The accepted return that it pays for. */
    returnId: idOf('rtn').nullable().default(null),
  }),
});
