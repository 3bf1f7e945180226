import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** An account wants another e-mail address: whoever receives mail there is asked to confirm it. */
export const accountEmailChangeRequested = defineEvent({
  type: 'account.email_change_requested',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr'), changeId: idOf('emc') }),
});
