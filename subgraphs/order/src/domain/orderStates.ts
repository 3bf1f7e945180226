/** The states of an order that this service reaches. */
export type OrderStatus = 'PENDING_PAYMENT' | 'CONFIRMED' | 'CANCELLED' | 'EXPIRED';

/** What changes the state of an order. */
export type OrderTransition = 'CONFIRM' | 'REVIVE' | 'EXPIRE' | 'CANCEL';

interface TransitionRule {
  readonly from: readonly OrderStatus[];
  readonly to: OrderStatus;
  /** Who may ask for it; `system` is what follows from events and deadlines. */
  readonly by: readonly OrderActor[];
  /** Legal only while nothing of the order was handed to a carrier. */
  readonly whileUnfulfilled: boolean;
}

export type OrderActor = 'customer' | 'staff' | 'system';

/** The state machine of an order: what is not in this table does not happen. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderTransition, TransitionRule>> = {
  /** Paid in full, in time. */
  CONFIRM: { from: ['PENDING_PAYMENT'], to: 'CONFIRMED', by: ['system'], whileUnfulfilled: false },
  /** Paid in full, too late, but the stock could still be sold to this order. */
  REVIVE: { from: ['EXPIRED'], to: 'CONFIRMED', by: ['system'], whileUnfulfilled: false },
  /** Not paid in time. */
  EXPIRE: { from: ['PENDING_PAYMENT'], to: 'EXPIRED', by: ['system'], whileUnfulfilled: false },
  CANCEL: {
    from: ['PENDING_PAYMENT', 'CONFIRMED'],
    to: 'CANCELLED',
    by: ['customer', 'staff'],
    whileUnfulfilled: true,
  },
};

/** The part of an order that decides which steps are legal. */
export interface OrderStanding {
  readonly status: OrderStatus;
  readonly fulfillmentStatus: string;
  readonly paymentDueAt: Date;
}

/** Whether the table allows this step to this actor now. */
export function isLegal(transition: OrderTransition, order: OrderStanding, actor: OrderActor): boolean {
  const rule = ORDER_TRANSITIONS[transition];
  return (
    rule.from.includes(order.status) &&
    rule.by.includes(actor) &&
    (!rule.whileUnfulfilled || order.fulfillmentStatus === 'UNFULFILLED')
  );
}

/** Whether money may be taken for the order: it waits for it, and its stock is still held. */
export function isPayable(order: OrderStanding, now: Date): boolean {
  return order.status === 'PENDING_PAYMENT' && now < order.paymentDueAt;
}

export type OrderAction = 'PAY' | 'CANCEL';

/** The steps that a person may take now. Paying is for customers: staff do not pay. */
export function allowedActions(order: OrderStanding, actor: 'customer' | 'staff', now: Date): OrderAction[] {
  const actions: OrderAction[] = [];
  if (actor === 'customer' && isPayable(order, now)) actions.push('PAY');
  if (isLegal('CANCEL', order, actor)) actions.push('CANCEL');
  return actions;
}
