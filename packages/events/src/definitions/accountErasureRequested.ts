import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/**
 * Somebody has deleted his account: it is gone already. Each consumer erases what it knows about him, or who he was, and says so by
 * `account.erased`. Told again, it does so again: what was on its way at the first time is gone then.
 */
export const accountErasureRequested = defineEvent({
  type: 'account.erasure_requested',
  version: 1,
  producer: 'user',
  consumers: ['order', 'cart', 'payment', 'notification'],
  data: z.object({ userId: idOf('usr'), erasureId: idOf('ers') }),
});
