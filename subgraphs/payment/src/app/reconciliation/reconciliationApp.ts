import { applyIntent } from '../applyIntent.js';
import { applyRefund } from '../executeRefund.js';
import { pageSize } from '../findPayments.js';
import { followIntent } from '../followIntent.js';
import type { OrderPort, PaymentStore } from '../ports.js';
import { type ReconcileDeps, reconcile, scheduleReconciliation } from './reconcile.js';
import type { ReconciliationStore } from './reconciliationPorts.js';
import { requestRun, settleDifference } from './settleDifference.js';

export interface ReconciliationAppDeps extends Omit<ReconcileDeps, 'payments' | 'followIntent' | 'applyRefund'> {
  readonly payments: PaymentStore;
  readonly orders: OrderPort;
  /** Starts a round of the reconciliation now. */
  readonly wakeReconciling: () => void;
}

/** Everything that is done to find out where providers and this shop disagree. */
export function createReconciliationApp(base: ReconciliationAppDeps) {
  const deps = {
    ...base,
    followIntent: followIntent({ ...base, applyIntent: applyIntent(base) }),
    applyRefund: applyRefund(base),
  };
  return {
    scheduleReconciliation: scheduleReconciliation(deps),
    reconcile: reconcile(deps),
    requestRun: requestRun(deps),
    settleDifference: settleDifference(deps),
    listRuns: (request: Parameters<ReconciliationStore['runs']>[0]) =>
      deps.reconciliation.runs({ ...request, first: pageSize(request.first) }),
    listDifferences: (request: Parameters<ReconciliationStore['differences']>[0]) =>
      deps.reconciliation.differences({ ...request, first: pageSize(request.first) }),
  };
}
