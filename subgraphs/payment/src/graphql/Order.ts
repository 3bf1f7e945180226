import { money, toGraph } from '@souk/money';
import type { PaymentView } from '../domain/payment.js';
import { paymentStatus, totalPaidCents, totalRefundedCents } from '../domain/paymentStatus.js';
import type { OrderResolvers } from '../generated/graphql.js';
import type { Context } from './context.js';
import type { OrderModel } from './models.js';
import { selectsHistory } from './selection.js';

/** All fields of one order share one look-up: the loader remembers it for the request. */
const paymentsOf = (order: OrderModel, { loaders }: Context) => loaders.ofOrder(false).load(order.id);

/** An amount in the order's currency; null for who may not see the payments. */
const amount =
  (pick: (payments: readonly PaymentView[], totalCents: number) => number) =>
  async (order: OrderModel, _: object, context: Context) => {
    const payments = await paymentsOf(order, context);
    if (payments === null || !order.total) return null;
    const { centAmount, currencyCode } = order.total;
    return toGraph(money(pick(payments, centAmount), currencyCode));
  };

export const Order: OrderResolvers = {
  __resolveReference: ({ id, ...rest }) => ({ id, total: (rest as Pick<OrderModel, 'total'>).total }),
  payments: (order, _, context, info) => context.loaders.ofOrder(selectsHistory(info)).load(order.id),
  paymentStatus: async (order, _, context) => {
    const payments = await paymentsOf(order, context);
    return payments === null
      ? null
      : paymentStatus(payments, order.total?.centAmount ?? payments[0]?.amountCents ?? null);
  },
  documents: ({ id }, _, { loaders }) => loaders.documentsOfOrder.load(id),
  receiptUrl: async ({ id }, _, { loaders, app }) => {
    const documents = (await loaders.documentsOfOrder.load(id)) ?? [];
    const last = (kind: string) => documents.findLast((document) => document.kind === kind);
    const receipt = last('RECEIPT') ?? last('INVOICE');
    return receipt === undefined ? null : app.documentUrl(receipt.id, 'PDF');
  },
  totalPaid: amount(totalPaidCents),
  totalRefunded: amount(totalRefundedCents),
  balance: amount((payments, total) => total - totalPaidCents(payments) + totalRefundedCents(payments)),
};
