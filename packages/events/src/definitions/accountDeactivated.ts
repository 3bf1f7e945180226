import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf } from '../fields.js';

/** An account was disabled, by its owner or by the shop: its owner is told. */
export const accountDeactivated = defineEvent({
  type: 'account.deactivated',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr'), reason: code() }),
});
