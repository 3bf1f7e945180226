import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Has a new address confirmed by whoever receives mail there. */
export const onAccountEmailChangeRequested =
  (app: WorkerApp): NonNullable<EventHandlers['account.email_change_requested']> =>
  (event) =>
    app.notify({
      event,
      template: 'account.email_change_requested',
      userId: event.data.userId,
      params: { emailChangeId: event.data.changeId },
    });
