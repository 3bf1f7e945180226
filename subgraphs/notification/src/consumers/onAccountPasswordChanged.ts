import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells the owner of an account that its password was changed. */
export const onAccountPasswordChanged =
  (app: WorkerApp): NonNullable<EventHandlers['account.password_changed']> =>
  (event) =>
    app.notify({ event, template: 'account.password_changed', userId: event.data.userId });
