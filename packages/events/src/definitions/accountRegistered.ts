import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** An account exists. Name and e-mail address are asked from the user service. */
export const accountRegistered = defineEvent({
  type: 'account.registered',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr') }),
});
