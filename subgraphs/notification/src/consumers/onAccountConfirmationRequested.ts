import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Sends what confirms the address once more. */
export const onAccountConfirmationRequested =
  (app: WorkerApp): NonNullable<EventHandlers['account.confirmation_requested']> =>
  (event) =>
    app.notify({ event, template: 'account.confirmation_requested', userId: event.data.userId });
