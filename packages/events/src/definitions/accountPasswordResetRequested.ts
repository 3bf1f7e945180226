import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** Somebody asks for a link that lets an account choose a new password. */
export const accountPasswordResetRequested = defineEvent({
  type: 'account.password_reset_requested',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr') }),
});
