import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';
import { onAuditRecorded } from './onAuditRecorded.js';

/** Every event that the user service consumes. */
export const consumers = (app: App): EventHandlers => ({
  'account.erased': app.noteErased,
  'audit.recorded': onAuditRecorded(app),
});
