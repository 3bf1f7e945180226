import type { ChangeFeed } from '../core/changeFeed.js';
import type { Faults } from '../core/faults.js';
import type { RequestLog } from '../core/requestLog.js';
import type { Store } from '../openStore.js';
import type { StripeEngine } from '../stripe/stripeEngine.js';
import type { WebhookCourier } from '../stripe/webhookCourier.js';

/** What the routes under /control look at and change. */
export interface ControlOptions {
  readonly store: Store;
  readonly engine: StripeEngine;
  readonly courier: WebhookCourier;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly feed: ChangeFeed;
  readonly origin: () => string;
}
