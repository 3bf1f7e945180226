import type { Logger } from '@souk/runtime';
import { applyDispute } from './applyDispute.js';
import { applyIntent } from './applyIntent.js';
import { capturePayment } from './capturePayment.js';
import { confirmSession } from './confirmSession.js';
import { createDocumentApp, type DocumentAppDeps } from './documents/documentApp.js';
import { executeCapture } from './executeCapture.js';
import { applyRefund, executeRefund } from './executeRefund.js';
import { findDisputes, findOrderPayments, findPayments, listPayments } from './findPayments.js';
import { cancelIntent, followIntent } from './followIntent.js';
import { followEditLapsed, followOrderEnd, followRefundRequired } from './followOrder.js';
import { createLedgerApp, type LedgerStore } from './ledger/ledgerApp.js';
import { openSession } from './openSession.js';
import { eraseCustomer, exportPersonalData, type PersonalDataDeps } from './personalData.js';
import type {
  Clock,
  MethodStore,
  OrderClaims,
  OrderPort,
  PaymentList,
  PaymentStore,
  Providers,
  WebhookStore,
} from './ports.js';
import { processWebhook } from './processWebhook.js';
import { purgeOld } from './purgeOld.js';
import { receiveWebhook } from './receiveWebhook.js';
import { createReconciliationApp, type ReconciliationAppDeps } from './reconciliation/reconciliationApp.js';
import { recordPayment } from './recordPayment.js';
import { recordRefund } from './recordRefund.js';
import { refundPayment } from './refundPayment.js';
import { replayWebhook } from './replayWebhook.js';
import { deleteMethod, findMethods, removeMethods, saveMethods, setDefaultMethod } from './savedMethods.js';
import { settlePayments, settleRefunds } from './settlePayments.js';
import { voidPayment } from './voidPayment.js';
import { createWebhookQueue } from './webhookQueue.js';

export interface PaymentAppDeps extends Omit<PersonalDataDeps, 'removeMethods'> {
  readonly payments: PaymentStore;
  readonly webhooks: WebhookStore;
  readonly methods: MethodStore;
  readonly claims: OrderClaims;
  readonly list: PaymentList;
  readonly orders: OrderPort;
  readonly providers: Providers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reconcileAfterMs: number;
  readonly keepMs: number;
  readonly returnOrigins: ReadonlySet<string>;
  readonly wakeSettling: () => void;
  readonly wakeRemoving: () => void;
}

/** Everything that is done with payments. */
export function createPaymentApp(base: PaymentAppDeps) {
  const applying = { ...base, applyIntent: applyIntent(base) };
  const deps = {
    ...applying,
    followIntent: followIntent(applying),
    cancelIntent: cancelIntent(applying),
    executeCapture: executeCapture(applying),
    applyRefund: applyRefund(base),
    executeRefund: executeRefund(base),
    applyDispute: applyDispute(base),
    saveMethods: saveMethods(base),
  };
  const process = processWebhook(deps);
  const queue = createWebhookQueue(deps.webhooks, process);
  return {
    openSession: openSession(deps),
    confirmSession: confirmSession(deps),
    capturePayment: capturePayment(deps),
    voidPayment: voidPayment(deps),
    refundPayment: refundPayment(deps),
    recordPayment: recordPayment(deps),
    recordRefund: recordRefund(deps),
    replayWebhook: replayWebhook({ ...deps, process }),
    findPayments: findPayments(deps),
    findOrderPayments: findOrderPayments(deps),
    listPayments: listPayments(deps),
    listWebhooks: deps.webhooks.list,
    listDisputes: deps.list.disputes,
    findDisputes: findDisputes(deps),
    providers: deps.providers,
    findMethods: findMethods(deps),
    deleteMethod: deleteMethod(deps),
    setDefaultMethod: setDefaultMethod(deps),
    /** Webhooks. */
    receiveWebhook: receiveWebhook({ ...deps, startProcessing: queue.start }),
    sweepWebhooks: queue.sweep,
    finishWebhooks: queue.close,
    purge: purgeOld(deps),
    /** Consumers. */
    followOrderEnd: followOrderEnd(deps),
    followEditLapsed: followEditLapsed(deps),
    followRefundRequired: followRefundRequired(deps),
    followOrderClaim: base.claims.assign,
    eraseCustomer: eraseCustomer({ ...base, removeMethods: removeMethods(base) }),
    exportPersonalData: exportPersonalData(base),
    /** Sweepers. */
    settlePayments: settlePayments(deps),
    settleRefunds: settleRefunds(deps),
    removeMethods: removeMethods(deps),
  };
}

export type AppDeps = PaymentAppDeps & DocumentAppDeps & ReconciliationAppDeps & { readonly ledger: LedgerStore };

/** Everything that the payment service can do. */
export const createApp = (deps: AppDeps) => ({
  ...createPaymentApp(deps),
  ...createDocumentApp(deps),
  ...createReconciliationApp(deps),
  ...createLedgerApp(deps),
});

export type App = ReturnType<typeof createApp>;
