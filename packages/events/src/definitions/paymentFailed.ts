import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf, purposeId } from '../fields.js';

/** An attempt to pay was refused; the order stays payable until its payment window ends. */
export const paymentFailed = defineEvent({
  type: 'payment.failed',
  version: 1,
  producer: 'payment',
  consumers: ['order'],
  isAwaited: true,
  data: z.object({ paymentId: idOf('pay'), orderId: idOf('ord'), purposeId: purposeId(), failureCode: code() }),
});
