import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells the owner of an account that it was disabled. */
export const onAccountDeactivated =
  (app: WorkerApp): NonNullable<EventHandlers['account.deactivated']> =>
  (event) =>
    app.notify({ event, template: 'account.deactivated', userId: event.data.userId });
