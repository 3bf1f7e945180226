import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Hands the payments and saved methods of somebody who wants his data to the user service. */
export const onAccountExportRequested = (app: App): EventHandlers['account.export_requested'] => app.exportPersonalData;
