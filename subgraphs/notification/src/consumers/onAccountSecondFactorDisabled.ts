import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells the owner of an account that its second factor was switched off. */
export const onAccountSecondFactorDisabled =
  (app: WorkerApp): NonNullable<EventHandlers['account.second_factor_disabled']> =>
  (event) =>
    app.notify({ event, template: 'account.second_factor_disabled', userId: event.data.userId });
