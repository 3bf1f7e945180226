import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** The second factor of an account was switched off: its owner is told, in case it was somebody else. */
export const accountSecondFactorDisabled = defineEvent({
  type: 'account.second_factor_disabled',
  version: 1,
  producer: 'user',
  consumers: ['notification'],
  data: z.object({ userId: idOf('usr') }),
});
