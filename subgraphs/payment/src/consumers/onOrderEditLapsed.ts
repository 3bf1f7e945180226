import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Nobody should pay for a change that will not happen: its live intent is cancelled. */
export const onOrderEditLapsed = (app: App): EventHandlers['order.edit_lapsed'] => app.followEditLapsed;
