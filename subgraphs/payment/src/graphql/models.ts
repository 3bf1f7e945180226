import type { PaymentPage } from '../app/findPayments.js';
import type { AccountBalance, LedgerLine } from '../app/ledger/ledgerApp.js';
import type { SavedMethod, WebhookRecord } from '../app/ports.js';
import type { ReconciliationRun, RecordedDifference } from '../app/reconciliation/reconciliationPorts.js';
import type { Dispute } from '../domain/decideDispute.js';
import type { IssuedDocument } from '../domain/documents/document.js';
import type { Capture, HistoryEntry, PaymentView, Refund } from '../domain/payment.js';

/** What resolvers are given as parent, by GraphQL type. */
export type PaymentModel = PaymentView;
export type RefundModel = Refund & { readonly currencyCode: string };
export type CaptureModel = Capture & { readonly currencyCode: string };
export type DisputeModel = Dispute;
export type PaymentMethodModel = SavedMethod;
export type PaymentDocumentModel = IssuedDocument;
export type LedgerEntryModel = LedgerLine;
export type AccountBalanceModel = AccountBalance;
export type ReconciliationRunModel = ReconciliationRun;
export type ReconciliationDifferenceModel = RecordedDifference;
export interface UserModel {
  readonly id: string;
}
export type PaymentEventModel = HistoryEntry & { readonly currencyCode: string };
export type PaymentConnectionModel = PaymentPage;
export type WebhookEventModel = WebhookRecord;
/** `total` is there when the gateway sends it along (`@requires`). */
export interface OrderModel {
  readonly id: string;
  readonly total?: { readonly centAmount: number; readonly currencyCode: string } | null | undefined;
}
