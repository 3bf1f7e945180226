import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** An account has another password: its owner is told, in case it was somebody else. */
export const accountPasswordChanged = defineEvent({
  type: 'account.password_changed',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr') }),
});
