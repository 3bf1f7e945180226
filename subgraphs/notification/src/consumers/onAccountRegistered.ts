import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Welcomes the customer, with what confirms the e-mail address. */
export const onAccountRegistered =
  (app: WorkerApp): NonNullable<EventHandlers['account.registered']> =>
  (event) =>
    app.notify({ event, template: 'account.registered', userId: event.data.userId });
