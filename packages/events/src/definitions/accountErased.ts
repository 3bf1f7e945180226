import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf } from '../fields.js';

/** A service has erased what it knew about somebody who has deleted his account. */
export const accountErased = defineEvent({
  type: 'account.erased',
  version: 1,
  producer: ['order', 'cart', 'payment', 'notification'],
  consumers: ['user'],
  data: z.object({
    userId: idOf('usr'),
    erasureId: idOf('ers'),
    /** Which service. */
    service: code(),
  }),
});
