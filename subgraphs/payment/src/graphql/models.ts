import type { PaymentPage } from '../app/findPayments.js';
import type { WebhookRecord } from '../app/ports.js';
import type { HistoryEntry, PaymentView, Refund } from '../domain/payment.js';

/** What resolvers are given as parent, by GraphQL type. */
export type PaymentModel = PaymentView;
export type RefundModel = Refund & { readonly currencyCode: string };
export type PaymentEventModel = HistoryEntry & { readonly currencyCode: string };
export type PaymentConnectionModel = PaymentPage;
export type WebhookEventModel = WebhookRecord;
/** `total` is there when the gateway sends it along (`@requires`). */
export interface OrderModel {
  readonly id: string;
  readonly total?: { readonly centAmount: number; readonly currencyCode: string } | null | undefined;
}
