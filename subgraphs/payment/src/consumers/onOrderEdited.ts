import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** What an edit added is invoiced, what it took away is credited. */
export const onOrderEdited = (app: App): EventHandlers['order.edited'] => app.followEditInDocuments;
