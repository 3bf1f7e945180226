import { money, toGraph } from '@souk/money';
import type { Side } from '../domain/reconciliation/compareMoney.js';
import type { ReconciliationDifferenceResolvers } from '../generated/graphql.js';

const amount = (side: Side | null) => side && toGraph(money(side.cents, side.currencyCode));

export const ReconciliationDifference: ReconciliationDifferenceResolvers = {
  payment: ({ paymentId }, _, { loaders }) => (paymentId === null ? null : loaders.payment(false).load(paymentId)),
  order: ({ orderId }) => (orderId === null ? null : { id: orderId }),
  ours: ({ ours }) => amount(ours),
  theirs: ({ theirs }) => amount(theirs),
};
