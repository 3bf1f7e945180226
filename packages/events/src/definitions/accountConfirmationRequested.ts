import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** Somebody asks for another link that confirms an account's address. */
export const accountConfirmationRequested = defineEvent({
  type: 'account.confirmation_requested',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr') }),
});
