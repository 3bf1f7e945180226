import type { ChangeFeed } from '../core/changeFeed.js';
import type { Faults } from '../core/faults.js';
import type { RequestLog } from '../core/requestLog.js';
import type { WebhookCourier } from '../core/webhookCourier.js';
import type { AnyEvent } from '../events.js';
import type { Store } from '../openStore.js';
import type { PaypalEngine } from '../paypal/paypalEngine.js';
import type { StripeEngine } from '../stripe/stripeEngine.js';

/** What the routes under /control look at and change. */
export interface ControlOptions {
  readonly store: Store;
  readonly engine: StripeEngine;
  readonly paypal: PaypalEngine;
  readonly courier: WebhookCourier<AnyEvent>;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly feed: ChangeFeed;
  readonly origin: () => string;
}
