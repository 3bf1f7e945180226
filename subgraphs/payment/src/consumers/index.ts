import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';
import { onAccountErasureRequested } from './onAccountErasureRequested.js';
import { onAccountExportRequested } from './onAccountExportRequested.js';
import { onOrderClaimed } from './onOrderClaimed.js';
import { onOrderConfirmed } from './onOrderConfirmed.js';
import { onOrderEdited } from './onOrderEdited.js';
import { onOrderEditLapsed } from './onOrderEditLapsed.js';
import { onOrderCancelled, onOrderExpired } from './onOrderEnded.js';
import { onOrderRefundRequired } from './onOrderRefundRequired.js';

/** Every event that the payment service consumes. */
export const consumers = (app: App) =>
  ({
    'account.erasure_requested': onAccountErasureRequested(app),
    'account.export_requested': onAccountExportRequested(app),
    'order.expired': onOrderExpired(app),
    'order.cancelled': onOrderCancelled(app),
    'order.claimed': onOrderClaimed(app),
    'order.confirmed': onOrderConfirmed(app),
    'order.edited': onOrderEdited(app),
    'order.edit_lapsed': onOrderEditLapsed(app),
    'order.refund_required': onOrderRefundRequired(app),
  }) as EventHandlers;
