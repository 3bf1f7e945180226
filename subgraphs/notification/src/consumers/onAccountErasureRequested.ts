import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Forgets where somebody was written to who has deleted his account. */
export const onAccountErasureRequested = (app: WorkerApp): NonNullable<EventHandlers['account.erasure_requested']> =>
  app.eraseUser;
