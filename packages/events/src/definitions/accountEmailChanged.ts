import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** An account has another e-mail address: the old one is told, with a way back. */
export const accountEmailChanged = defineEvent({
  type: 'account.email_changed',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr'), changeId: idOf('emc') }),
});
