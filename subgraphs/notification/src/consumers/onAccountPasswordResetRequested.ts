import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Sends the link for a new password. */
export const onAccountPasswordResetRequested =
  (app: WorkerApp): NonNullable<EventHandlers['account.password_reset_requested']> =>
  (event) =>
    app.notify({ event, template: 'account.password_reset_requested', userId: event.data.userId });
