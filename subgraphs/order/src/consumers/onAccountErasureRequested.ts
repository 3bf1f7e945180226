import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Erases who has deleted his account from his orders, as soon as each of them is over. */
export const onAccountErasureRequested = (app: App): EventHandlers['account.erasure_requested'] => app.requestErasure;
