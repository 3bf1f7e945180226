import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Hands the list of messages to somebody who wants his data to the user service. */
export const onAccountExportRequested = (app: WorkerApp): NonNullable<EventHandlers['account.export_requested']> =>
  app.exportPersonalData;
