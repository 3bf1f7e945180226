import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf } from '../fields.js';

/**
 * A change that waited for its payment will not happen: it was not paid in time, was called off, or no longer fits the order. Its stock is
 * released and its payment is cancelled; the order stays as it was.
 */
export const orderEditLapsed = defineEvent({
  type: 'order.edit_lapsed',
  version: 1,
  producer: 'order',
  consumers: ['product', 'payment'],
  data: z.object({ orderId: idOf('ord'), editId: idOf('oed'), reason: code() }),
});
