import type { Resolvers } from '../generated/graphql.js';
import { AccountBalance } from './AccountBalance.js';
import { Capture } from './Capture.js';
import { Dispute } from './Dispute.js';
import { LedgerEntry } from './LedgerEntry.js';
import { paymentCapture } from './Mutation/paymentCapture.js';
import { paymentMethodDefaultSet } from './Mutation/paymentMethodDefaultSet.js';
import { paymentMethodDelete } from './Mutation/paymentMethodDelete.js';
import { paymentRecord } from './Mutation/paymentRecord.js';
import { paymentSessionConfirm } from './Mutation/paymentSessionConfirm.js';
import { paymentSessionCreate } from './Mutation/paymentSessionCreate.js';
import { paymentVoid } from './Mutation/paymentVoid.js';
import { reconciliationDifferenceResolve } from './Mutation/reconciliationDifferenceResolve.js';
import { reconciliationRun } from './Mutation/reconciliationRun.js';
import { refundCreate } from './Mutation/refundCreate.js';
import { refundRecord } from './Mutation/refundRecord.js';
import { webhookEventReplay } from './Mutation/webhookEventReplay.js';
import { Order } from './Order.js';
import { Payment } from './Payment.js';
import { PaymentConnection } from './PaymentConnection.js';
import { PaymentDocument } from './PaymentDocument.js';
import { PaymentEvent } from './PaymentEvent.js';
import { disputes } from './Query/disputes.js';
import { ledger } from './Query/ledger.js';
import { payment } from './Query/payment.js';
import { paymentProviders } from './Query/paymentProviders.js';
import { payments } from './Query/payments.js';
import { reconciliationDifferences } from './Query/reconciliationDifferences.js';
import { reconciliationRuns } from './Query/reconciliationRuns.js';
import { trialBalance } from './Query/trialBalance.js';
import { webhookEvents } from './Query/webhookEvents.js';
import { ReconciliationDifference } from './ReconciliationDifference.js';
import { Refund } from './Refund.js';
import { User } from './User.js';

/** Every resolver of this subgraph. */
export const resolvers: Resolvers = {
  Query: {
    payment,
    payments,
    paymentProviders,
    disputes,
    webhookEvents,
    ledger,
    trialBalance,
    reconciliationRuns,
    reconciliationDifferences,
  },
  Mutation: {
    paymentSessionCreate,
    paymentSessionConfirm,
    paymentCapture,
    paymentVoid,
    paymentMethodDelete,
    paymentMethodDefaultSet,
    refundCreate,
    reconciliationRun,
    reconciliationDifferenceResolve,
    paymentRecord,
    refundRecord,
    webhookEventReplay,
  },
  Payment,
  Capture,
  Refund,
  Dispute,
  PaymentEvent,
  PaymentDocument,
  LedgerEntry,
  AccountBalance,
  ReconciliationDifference,
  PaymentConnection,
  Order,
  User,
};
