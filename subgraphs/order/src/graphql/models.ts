import type { OrderPage } from '../app/ports.js';
import type { OrderLine, OrderView, TimelineEntry } from '../domain/order.js';

/** What resolvers are given as parent, by GraphQL type. */
export type OrderModel = OrderView;
export type OrderLineModel = OrderLine & { readonly currencyCode: string };
export type OrderEventModel = TimelineEntry & { readonly customerId: string | null };
export type OrderConnectionModel = OrderPage;
export interface UserModel {
  readonly id: string;
}
export type OrderForPaymentModel = OrderView;
export type OrderForNotificationModel = OrderView;
export type OrderForInvoiceModel = OrderView;
export type OrderLineForNotificationModel = OrderLineModel;
