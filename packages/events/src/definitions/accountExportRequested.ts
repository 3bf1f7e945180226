import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** Somebody wants everything that is known about him. Each consumer hands its part to the user service, by a service call. */
export const accountExportRequested = defineEvent({
  type: 'account.export_requested',
  version: 1,
  producer: 'user',
  consumers: ['order', 'cart', 'payment', 'notification'],
  data: z.object({ userId: idOf('usr'), exportId: idOf('exp') }),
});
