import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Erases the saved methods of who has deleted his account. */
export const onAccountErasureRequested = (app: App): EventHandlers['account.erasure_requested'] => app.eraseCustomer;
