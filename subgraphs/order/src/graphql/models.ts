import type { DraftPage } from '../app/draftPorts.js';
import type { DraftPrice } from '../app/drafts.js';
import type { OrderPage } from '../app/ports.js';
import type { Draft } from '../domain/draft.js';
import type { EditedLine, EditPlan, OrderEdit } from '../domain/edit.js';
import type { Fulfillment, LineQuantity } from '../domain/fulfillment.js';
import type { OrderLine, OrderView, TimelineEntry } from '../domain/order.js';
import type { QuotedLine } from '../domain/planEdit.js';
import type { OrderReturn, ReturnLine } from '../domain/return.js';

/** What resolvers are given as parent, by GraphQL type. */
export type OrderModel = OrderView;
export type OrderLineModel = OrderLine & { readonly currencyCode: string };
export type OrderEventModel = TimelineEntry & { readonly customerId: string | null };
export type OrderEditModel = OrderEdit & {
  readonly state: 'APPLIED' | 'AWAITING_PAYMENT' | 'EXPIRED' | 'CANCELLED';
  readonly plan: EditPlan;
  readonly currencyCode: string;
};
export interface OrderChangeModel {
  readonly plan: EditPlan;
  readonly currencyCode: string;
}
export type OrderLineChangeModel = EditedLine & { readonly currencyCode: string };
export type DraftOrderModel = Draft;
export type DraftOrderPriceModel = DraftPrice & { readonly currencyCode: string };
export type DraftOrderPriceLineModel = QuotedLine & { readonly currencyCode: string };
export type DraftOrderConnectionModel = DraftPage;
export interface CartModel {
  readonly id: string;
}
export type OrderConnectionModel = OrderPage;
interface OfOrder {
  readonly order: OrderView;
}
export type FulfillmentModel = Fulfillment & OfOrder;
export type OrderLineQuantityModel = LineQuantity & OfOrder;
export type ReturnModel = OrderReturn & OfOrder;
export type ReturnLineModel = ReturnLine & OfOrder;
export type FulfillmentForNotificationModel = FulfillmentModel;
export type ReturnForNotificationModel = ReturnModel;
export type ReturnLineForNotificationModel = ReturnLineModel;
export type ArticleForNotificationModel = OrderLineQuantityModel;
export interface UserModel {
  readonly id: string;
}
export type OrderForPaymentModel = OrderView;
export type OrderForNotificationModel = OrderView;
export type OrderForInvoiceModel = OrderView;
export type OrderLineForNotificationModel = OrderLineModel;
