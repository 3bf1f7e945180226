/** How far an order has got on its way to the customer; its own axis beside the order's status. */
export type FulfillmentStatus = 'UNFULFILLED' | 'PARTIALLY_FULFILLED' | 'FULFILLED' | 'DELIVERED' | 'RETURNED';

/** The states of an order. Payment, fulfilment and returns have axes of their own. */
export type OrderStatus = 'PENDING_PAYMENT' | 'CONFIRMED' | 'COMPLETED' | 'CANCELLED' | 'EXPIRED';

/** What changes an order. The last ones of the table leave its status as it is. */
export type OrderTransition =
  | 'CONFIRM'
  | 'REVIVE'
  | 'EXPIRE'
  | 'CANCEL'
  | 'EDIT_UNPAID'
  | 'EDIT_PAID'
  | 'FULFILL'
  | 'REQUEST_RETURN'
  | 'COMPLETE';

export interface TransitionRule {
  readonly from: readonly OrderStatus[];
  readonly to: OrderStatus;
  /** Who may ask for it; `system` is what follows from events and deadlines. */
  readonly by: readonly OrderActor[];
  /** Legal only while the fulfilment stands like this; any when absent. */
  readonly fulfillment?: readonly FulfillmentStatus[];
}

export type OrderActor = 'customer' | 'staff' | 'system';

/** The state machine of an order: what is not in this table does not happen. docs/order-states.md is drawn from it. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderTransition, TransitionRule>> = {
  /** Paid in full, in time. */
  CONFIRM: { from: ['PENDING_PAYMENT'], to: 'CONFIRMED', by: ['system'] },
  /** Paid in full, too late, but the stock could still be sold to this order. */
  REVIVE: { from: ['EXPIRED'], to: 'CONFIRMED', by: ['system'] },
  /** Not paid in time. */
  EXPIRE: { from: ['PENDING_PAYMENT'], to: 'EXPIRED', by: ['system'] },
  CANCEL: {
    from: ['PENDING_PAYMENT', 'CONFIRMED'],
    to: 'CANCELLED',
    // The system: when the authorized money that had confirmed it is gone.
    by: ['customer', 'staff', 'system'],
    fulfillment: ['UNFULFILLED'],
  },
  /** Staff change what is ordered, customers cancel units that have not left. Its payment follows. */
  EDIT_UNPAID: { from: ['PENDING_PAYMENT'], to: 'PENDING_PAYMENT', by: ['customer', 'staff'] },
  /** The same once it is paid: a difference goes back, or is paid first. */
  EDIT_PAID: {
    from: ['CONFIRMED'],
    to: 'CONFIRMED',
    by: ['customer', 'staff'],
    fulfillment: ['UNFULFILLED', 'PARTIALLY_FULFILLED', 'FULFILLED'],
  },
  /** A parcel leaves. */
  FULFILL: { from: ['CONFIRMED'], to: 'CONFIRMED', by: ['staff'], fulfillment: ['UNFULFILLED', 'PARTIALLY_FULFILLED'] },
  REQUEST_RETURN: {
    from: ['CONFIRMED'],
    to: 'CONFIRMED',
    by: ['customer', 'staff'],
    fulfillment: ['PARTIALLY_FULFILLED', 'FULFILLED', 'DELIVERED'],
  },
  /** Nothing follows any more: delivered, and the return window is over; or staff say so. */
  COMPLETE: {
    from: ['CONFIRMED'],
    to: 'COMPLETED',
    by: ['staff', 'system'],
    fulfillment: ['FULFILLED', 'DELIVERED', 'RETURNED'],
  },
};

/** The part of an order that decides which steps are legal. */
export interface OrderStanding {
  readonly status: OrderStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly paymentDueAt: Date;
  readonly deliveredAt: Date | null;
  /** The edit that waits for its payment. */
  readonly openEdit?: { readonly dueAt: Date } | null;
}

/** Whether the table allows this step to this actor now. */
export function isLegal(transition: OrderTransition, order: OrderStanding, actor: OrderActor): boolean {
  const rule = ORDER_TRANSITIONS[transition];
  return (
    rule.from.includes(order.status) &&
    rule.by.includes(actor) &&
    (rule.fulfillment === undefined || rule.fulfillment.includes(order.fulfillmentStatus))
  );
}

/** Whether money may be taken for the order, or for the edit that waits for it: its stock is still held. */
export function isPayable(order: OrderStanding, now: Date): boolean {
  if (order.status === 'PENDING_PAYMENT') return now < order.paymentDueAt;
  return order.status === 'CONFIRMED' && order.openEdit != null && now < order.openEdit.dueAt;
}

/** Whether what is ordered may be changed, by an edit or by cancelling units. */
export const isEditable = (order: OrderStanding, actor: OrderActor): boolean =>
  isLegal('EDIT_UNPAID', order, actor) || isLegal('EDIT_PAID', order, actor);

/** Whether the return window has passed. It begins when the whole order is with its customer. */
export function returnWindowIsOver(order: OrderStanding, now: Date, returnWindowMs: number): boolean {
  return order.deliveredAt !== null && now.getTime() >= order.deliveredAt.getTime() + returnWindowMs;
}

export type OrderAction = 'PAY' | 'CANCEL' | 'CANCEL_LINES' | 'EDIT' | 'FULFILL' | 'REQUEST_RETURN' | 'COMPLETE';

/** The steps that a person may take now. Paying is for customers: staff do not pay. */
export function allowedActions(
  order: OrderStanding,
  actor: 'customer' | 'staff',
  now: Date,
  returnWindowMs: number,
): OrderAction[] {
  const actions: OrderAction[] = [];
  if (actor === 'customer' && isPayable(order, now)) actions.push('PAY');
  if (isLegal('CANCEL', order, actor)) actions.push('CANCEL');
  if (isEditable(order, actor) && (order.openEdit ?? null) === null) {
    if (order.fulfillmentStatus !== 'FULFILLED') actions.push('CANCEL_LINES');
    if (actor === 'staff') actions.push('EDIT');
  }
  if (isLegal('FULFILL', order, actor)) actions.push('FULFILL');
  if (isLegal('REQUEST_RETURN', order, actor) && !returnWindowIsOver(order, now, returnWindowMs)) {
    actions.push('REQUEST_RETURN');
  }
  if (isLegal('COMPLETE', order, actor)) actions.push('COMPLETE');
  return actions;
}
