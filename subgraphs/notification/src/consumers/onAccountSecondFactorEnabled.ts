import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells the owner of an account that its second factor was switched on. */
export const onAccountSecondFactorEnabled =
  (app: WorkerApp): NonNullable<EventHandlers['account.second_factor_enabled']> =>
  (event) =>
    app.notify({ event, template: 'account.second_factor_enabled', userId: event.data.userId });
