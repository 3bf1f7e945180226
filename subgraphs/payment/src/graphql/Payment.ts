import { money, toGraph } from '@souk/money';
import { hasScope } from '@souk/runtime';
import { capturableCents, type PaymentView } from '../domain/payment.js';
import type { PaymentResolvers } from '../generated/graphql.js';
import { bankTransferOf } from './bankTransferOf.js';
import { selectsHistory } from './selection.js';

const amount = (pick: (payment: PaymentView) => number) => (payment: PaymentView) =>
  toGraph(money(pick(payment), payment.currencyCode));

export const Payment: PaymentResolvers = {
  __resolveReference: ({ id }, { loaders }, info) => loaders.payment(selectsHistory(info)).load(id),
  order: ({ orderId }) => ({ id: orderId }),
  amount: amount((payment) => payment.amountCents),
  authorizedAmount: amount((payment) => payment.authorizedCents),
  capturedAmount: amount((payment) => payment.capturedCents),
  refundedAmount: amount((payment) => payment.refundedCents),
  capturableAmount: amount(capturableCents),
  bankTransfer: (payment, _, { app }) => bankTransferOf(payment, app.providers),
  captures: ({ captures, currencyCode }) => captures.map((capture) => ({ ...capture, currencyCode })),
  disputes: ({ id }, _, { viewer, loaders }) =>
    hasScope(viewer, 'payments:read') ? loaders.disputesOf.load(id) : null,
  refunds: ({ refunds, currencyCode }) => refunds.map((refund) => ({ ...refund, currencyCode })),
  documents: async ({ id, orderId }, _, { loaders }) => {
    const documents = (await loaders.documentsOfOrder.load(orderId)) ?? [];
    return documents.filter((document) => document.paymentId === id);
  },
  /** A payment that came without its history (a payload of a mutation) is completed by the loader. */
  events: async (payment, _, { loaders }) => {
    const history = payment.history ?? (await loaders.payment(true).load(payment.id))?.history ?? [];
    return history.map((entry) => ({ ...entry, currencyCode: payment.currencyCode }));
  },
};
