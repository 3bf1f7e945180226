/** A place in the code where a process may be made to die, fail or wait, and what is true there. */
interface Place {
  /** The processes that pass it, as they are called in the stack. */
  readonly in: readonly ('order' | 'payment' | 'product' | 'cart' | 'worker')[];
  /** What has been done at this moment, and what has not. */
  readonly at: string;
}

const EVENTS = ['order', 'payment'] as const;
const CONSUMERS = ['order', 'payment', 'product', 'cart', 'worker'] as const;

/**
 * Every failpoint there is. docs/failpoints.md is made from this table, a test holds each name to exactly the code that passes it,
 * and the crash matrix (`npm run crash-matrix`) kills each of these processes at each of these places.
 */
export const FAILPOINTS = {
  'order.placement.afterClaim': { in: ['order'], at: 'the idempotency key is claimed, nothing is held' },
  'order.placement.afterCheckout': { in: ['order'], at: 'the cart is locked and its coupons are claimed' },
  'order.placement.afterReserve': { in: ['order'], at: 'the stock is reserved, the order is not written' },
  'order.placement.afterCommit': { in: ['order'], at: 'the order is committed, nobody has been answered' },
  'order.placement.beforeUndo': { in: ['order'], at: 'a refusal is decided and not recorded; all is still held' },
  'order.placement.afterStartUndo': { in: ['order'], at: 'the undo is recorded, everything is still held' },
  'order.placement.afterUndo': { in: ['order'], at: 'everything is given back, the saga is not ended' },
  'order.resume.afterTakeOver': { in: ['order'], at: 'the sweeper has taken over sagas, none has been run' },
  'order.apply.before': { in: ['order'], at: 'a change of an order is decided and not written' },
  'order.apply.after': { in: ['order'], at: 'a change of an order and its events are committed' },
  'order.edit.afterClaim': { in: ['order'], at: 'the key of an edit is claimed, nothing is held' },
  'order.edit.afterReserve': { in: ['order'], at: "an edit's added stock is reserved, the edit is not written" },
  'order.edit.afterUndo': { in: ['order'], at: "an edit's stock is given back, the edit is not ended" },
  'order.capture.afterSell': { in: ['order'], at: "an expired order's stock is sold to it, it is not revived" },

  'product.stock.afterReserve': { in: ['product'], at: 'stock is reserved, the caller is not answered' },
  'product.stock.afterRelease': { in: ['product'], at: 'stock is given back, the caller is not answered' },
  'product.stock.afterCommit': { in: ['product'], at: 'stock is sold to an order, the caller is not answered' },
  'cart.checkout.afterLock': { in: ['cart'], at: 'the cart is locked, the caller is not answered' },
  'cart.checkout.afterRelease': { in: ['cart'], at: 'the cart is released, the caller is not answered' },

  'payment.session.beforeProvider': { in: ['payment'], at: 'the payment is recorded, the provider is not called' },
  'payment.session.afterProvider': { in: ['payment'], at: 'the provider has its intent, its answer is not recorded' },
  'payment.session.afterApply': { in: ['payment'], at: 'the intent is recorded, the customer is not answered' },
  'payment.webhook.beforeStore': { in: ['payment'], at: 'a webhook is verified and not stored' },
  'payment.webhook.afterStore': { in: ['payment'], at: 'a webhook is stored, neither acknowledged nor processed' },
  'payment.webhook.beforeApply': { in: ['payment'], at: 'a stored webhook was taken, nothing is decided' },
  'payment.apply.before': { in: ['payment'], at: 'a change of a payment is decided and not written' },
  'payment.apply.after': { in: ['payment'], at: 'a change of a payment, its ledger and its events are committed' },
  'payment.refund.beforeProvider': { in: ['payment'], at: 'a refund is recorded, the provider is not called' },
  'payment.refund.afterProvider': { in: ['payment'], at: 'the provider has given money back, this is not recorded' },
  'payment.capture.beforeProvider': { in: ['payment'], at: 'a capture is recorded, the provider is not called' },
  'payment.capture.afterProvider': { in: ['payment'], at: 'the provider has captured money, this is not recorded' },
  'payment.cancel.beforeProvider': { in: ['payment'], at: 'an intent is to be cancelled, the provider is not called' },
  'payment.cancel.afterProvider': { in: ['payment'], at: 'the provider has cancelled an intent, this is not recorded' },
  'payment.settle.afterTake': {
    in: ['payment'],
    at: 'the reconciliation has taken payments, none has been asked about',
  },

  'outbox.relay.afterClaim': { in: EVENTS, at: 'events are claimed, Redis has none of them' },
  'outbox.relay.afterSend': { in: EVENTS, at: 'events are in their queues' },
  'outbox.settle.afterReceive': { in: EVENTS, at: 'acknowledgements are taken out of Redis and not recorded' },
  'outbox.settle.afterApply': { in: EVENTS, at: 'acknowledged events are settled' },
  'outbox.consumer.beforeHandler': { in: CONSUMERS, at: 'a job is taken, its handler has not begun' },
  'outbox.consumer.afterHandler': { in: CONSUMERS, at: 'an event is applied, neither acknowledged nor its job ended' },

  'notification.delivery.afterRecord': { in: ['worker'], at: 'a mail is recorded, its provider is not called' },
  'notification.delivery.afterProvider': { in: ['worker'], at: 'the provider has taken a mail, this is not recorded' },
  'notification.delivery.afterFinish': {
    in: ['worker'],
    at: 'a mail is recorded as sent, its event is not acknowledged',
  },
} as const satisfies Readonly<Record<string, Place>>;

export type FailpointName = keyof typeof FAILPOINTS;
