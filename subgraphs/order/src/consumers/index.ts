import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';
import { onAccountErasureRequested } from './onAccountErasureRequested.js';
import { onAccountExportRequested } from './onAccountExportRequested.js';
import { onPaymentAuthorized } from './onPaymentAuthorized.js';
import { onPaymentCaptured } from './onPaymentCaptured.js';
import { onPaymentDisputed } from './onPaymentDisputed.js';
import { onPaymentFailed } from './onPaymentFailed.js';
import { onPaymentRefunded } from './onPaymentRefunded.js';
import { onPaymentVoided } from './onPaymentVoided.js';

/** Every event that the order service consumes. */
export const consumers = (app: App) =>
  ({
    'account.erasure_requested': onAccountErasureRequested(app),
    'account.export_requested': onAccountExportRequested(app),
    'payment.authorized': onPaymentAuthorized(app),
    'payment.captured': onPaymentCaptured(app),
    'payment.failed': onPaymentFailed(app),
    'payment.refunded': onPaymentRefunded(app),
    'payment.voided': onPaymentVoided(app),
    'payment.disputed': onPaymentDisputed(app),
  }) as EventHandlers;
