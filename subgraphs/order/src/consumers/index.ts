import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';
import { onPaymentCaptured } from './onPaymentCaptured.js';
import { onPaymentFailed } from './onPaymentFailed.js';
import { onPaymentRefunded } from './onPaymentRefunded.js';

/** Every event that the order service consumes. */
export const consumers = (app: App) =>
  ({
    'payment.captured': onPaymentCaptured(app),
    'payment.failed': onPaymentFailed(app),
    'payment.refunded': onPaymentRefunded(app),
  }) as EventHandlers;
