import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';
import { onAccountConfirmationRequested } from './onAccountConfirmationRequested.js';
import { onAccountDeactivated } from './onAccountDeactivated.js';
import { onAccountEmailChanged } from './onAccountEmailChanged.js';
import { onAccountEmailChangeRequested } from './onAccountEmailChangeRequested.js';
import { onAccountErasureRequested } from './onAccountErasureRequested.js';
import { onAccountExportRequested } from './onAccountExportRequested.js';
import { onAccountPasswordChanged } from './onAccountPasswordChanged.js';
import { onAccountPasswordResetRequested } from './onAccountPasswordResetRequested.js';
import { onAccountRegistered } from './onAccountRegistered.js';
import { onAccountSecondFactorDisabled } from './onAccountSecondFactorDisabled.js';
import { onAccountSecondFactorEnabled } from './onAccountSecondFactorEnabled.js';
import { onFulfillmentDelivered } from './onFulfillmentDelivered.js';
import { onFulfillmentShipped } from './onFulfillmentShipped.js';
import { onOrderCancelled } from './onOrderCancelled.js';
import { onOrderConfirmed } from './onOrderConfirmed.js';
import { onOrderEdited } from './onOrderEdited.js';
import { onOrderEditProposed } from './onOrderEditProposed.js';
import { onOrderErased } from './onOrderErased.js';
import { onOrderExpired } from './onOrderExpired.js';
import { onOrderPlaced } from './onOrderPlaced.js';
import { onPaymentRefunded } from './onPaymentRefunded.js';
import { onReturnApproved } from './onReturnApproved.js';
import { onReturnDeclined } from './onReturnDeclined.js';
import { onReturnReceived } from './onReturnReceived.js';
import { onReturnRequested } from './onReturnRequested.js';

/** Every event that customers are told about, and what ends that. */
export const consumers = (app: WorkerApp): EventHandlers => ({
  'account.registered': onAccountRegistered(app),
  'account.confirmation_requested': onAccountConfirmationRequested(app),
  'account.password_reset_requested': onAccountPasswordResetRequested(app),
  'account.password_changed': onAccountPasswordChanged(app),
  'account.email_change_requested': onAccountEmailChangeRequested(app),
  'account.email_changed': onAccountEmailChanged(app),
  'account.deactivated': onAccountDeactivated(app),
  'account.second_factor_enabled': onAccountSecondFactorEnabled(app),
  'account.second_factor_disabled': onAccountSecondFactorDisabled(app),
  'account.export_requested': onAccountExportRequested(app),
  'account.erasure_requested': onAccountErasureRequested(app),
  'order.erased': onOrderErased(app),
  'order.placed': onOrderPlaced(app),
  'order.confirmed': onOrderConfirmed(app),
  'order.expired': onOrderExpired(app),
  'order.cancelled': onOrderCancelled(app),
  'order.edited': onOrderEdited(app),
  'order.edit_proposed': onOrderEditProposed(app),
  'fulfillment.shipped': onFulfillmentShipped(app),
  'fulfillment.delivered': onFulfillmentDelivered(app),
  'return.requested': onReturnRequested(app),
  'return.approved': onReturnApproved(app),
  'return.declined': onReturnDeclined(app),
  'return.received': onReturnReceived(app),
  'payment.refunded': onPaymentRefunded(app),
});
