import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells the old address that an account has another one. */
export const onAccountEmailChanged =
  (app: WorkerApp): NonNullable<EventHandlers['account.email_changed']> =>
  (event) =>
    app.notify({
      event,
      template: 'account.email_changed',
      userId: event.data.userId,
      params: { emailChangeId: event.data.changeId },
    });
