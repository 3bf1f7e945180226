import type { Logger } from '@souk/runtime';
import { applyIntent } from './applyIntent.js';
import { applyRefund, executeRefund } from './executeRefund.js';
import { findOrderPayments, findPayments, listPayments } from './findPayments.js';
import { followOrderEnd, followRefundRequired } from './followOrder.js';
import { openSession } from './openSession.js';
import type { Clock, OrderPort, PaymentList, PaymentStore, Providers, WebhookStore } from './ports.js';
import { processWebhook } from './processWebhook.js';
import { receiveWebhook } from './receiveWebhook.js';
import { refundPayment } from './refundPayment.js';
import { replayWebhook } from './replayWebhook.js';
import { settlePayments, settleRefunds } from './settlePayments.js';
import { createWebhookQueue } from './webhookQueue.js';

export interface AppDeps {
  readonly payments: PaymentStore;
  readonly webhooks: WebhookStore;
  readonly list: PaymentList;
  readonly orders: OrderPort;
  readonly providers: Providers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reconcileAfterMs: number;
  readonly wakeSettling: () => void;
}

/** Everything that the payment service can do. */
export function createApp(base: AppDeps) {
  const deps = {
    ...base,
    applyIntent: applyIntent(base),
    applyRefund: applyRefund(base),
    executeRefund: executeRefund(base),
  };
  const process = processWebhook(deps);
  const queue = createWebhookQueue(deps.webhooks, process);
  return {
    openSession: openSession(deps),
    refundPayment: refundPayment(deps),
    replayWebhook: replayWebhook({ ...deps, process }),
    findPayments: findPayments(deps),
    findOrderPayments: findOrderPayments(deps),
    listPayments: listPayments(deps),
    listWebhooks: deps.webhooks.list,
    providers: deps.providers,
    /** Webhooks. */
    receiveWebhook: receiveWebhook({ ...deps, startProcessing: queue.start }),
    sweepWebhooks: queue.sweep,
    finishWebhooks: queue.close,
    /** Consumers. */
    followOrderEnd: followOrderEnd(deps),
    followRefundRequired: followRefundRequired(deps),
    /** Sweepers. */
    settlePayments: settlePayments(deps),
    settleRefunds: settleRefunds(deps),
  };
}

export type App = ReturnType<typeof createApp>;
