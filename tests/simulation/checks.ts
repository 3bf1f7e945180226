import type { Order } from '../../subgraphs/order/src/domain/order.js';
import type { Payment } from '../../subgraphs/payment/src/domain/payment.js';
import type { Shop } from './shop.js';
import type { Shopper } from './shoppers.js';

const PAID = new Set(['CONFIRMED', 'COMPLETED']);
const LIVE = new Set(['WAITING', 'REQUIRES_ACTION', 'PROCESSING', 'APPROVED', 'AUTHORIZED']);

/** What is still to come, if anything: the names of whatever is not at rest. */
export function unrest(shop: Shop): string[] {
  const found: string[] = [];
  for (const { key, step } of shop.orderTables.placements.values()) {
    if (step === 'RUNNING' || step === 'UNDOING') found.push(`placement ${key} is ${step}`);
  }
  for (const { order } of shop.orderTables.orders.values()) {
    if (order.status === 'PENDING_PAYMENT') found.push(`order ${order.id} is ${order.status}`);
  }
  for (const payment of shop.paymentTables.payments.values()) {
    const waitsForStaff = payment.state === 'AUTHORIZED' && !payment.cancelRequested;
    const settled = payment.state === 'CAPTURED' || payment.state === 'CANCELLED' || waitsForStaff;
    if (!settled) found.push(`payment ${payment.id} is ${payment.state}`);
    for (const { id, state } of payment.refunds) if (state === 'PENDING') found.push(`refund ${id} is PENDING`);
    for (const { id, state } of payment.captures) if (state === 'PENDING') found.push(`capture ${id} is PENDING`);
  }
  for (const { webhook, status } of shop.paymentTables.webhooks.values()) {
    if (status === 'RECEIVED') found.push(`webhook ${webhook.id} is RECEIVED`);
  }
  for (const { event, pending } of shop.bus.rows) {
    if (pending.size > 0) found.push(`${event.type} of ${event.aggregateId} waits for ${[...pending].join(', ')}`);
  }
  if (shop.messages.open > 0) found.push(`${shop.messages.open} messages of the provider are under way`);
  return found;
}

/** What is wrong with a shop at rest. */
export function faults(shop: Shop, shoppers: readonly Shopper[], onHand: Readonly<Record<string, number>>): string[] {
  const orders = [...shop.orderTables.orders.values()].map(({ order }) => order);
  return [
    ...stockFaults(shop, onHand),
    ...orders.flatMap((order) => [
      ...moneyFaults(shop, order),
      ...holdingFaults(shop, order),
      ...timelineFaults(shop, order),
    ]),
    ...bookFaults(shop),
    ...strayFaults(shop, orders),
    ...cartFaults(shop, orders),
    ...shopperFaults(shop, shoppers),
  ];
}

function stockFaults(shop: Shop, onHand: Readonly<Record<string, number>>): string[] {
  return [...shop.stock.variants].flatMap(([id, { onHand: left, reserved, sold }]) => {
    const found: string[] = [];
    if (left < 0 || reserved < 0 || reserved > left)
      found.push(`${id} is oversold: on hand ${left}, reserved ${reserved}`);
    if (left + sold !== onHand[id]) found.push(`${id} had ${onHand[id]}, has ${left} and sold ${sold}`);
    const active = [...shop.stock.held.values()]
      .map((rows) => rows.get(id))
      .reduce((sum, row) => sum + (row?.state === 'ACTIVE' ? row.quantity : 0), 0);
    if (active !== reserved) found.push(`${id} has reserved ${reserved}, its reservations are ${active}`);
    return found;
  });
}

const paymentsOf = (shop: Shop, orderId: string): Payment[] =>
  [...shop.paymentTables.payments.values()].filter((payment) => payment.orderId === orderId);

/** Paid exactly once when it is confirmed, not at all when it is not; by the provider's word, not by ours. */
function moneyFaults(shop: Shop, order: Order): string[] {
  const payments = paymentsOf(shop, order.id);
  const mine = new Set(payments.map(({ id }) => id));
  const intents = [...shop.provider.intents.values()].filter(({ snapshot }) => mine.has(snapshot.paymentId ?? ''));
  const kept = intents.reduce((sum, { snapshot }) => sum + shop.provider.keptOf(snapshot.reference), 0);
  const authorized = intents.reduce(
    (sum, { snapshot }) => sum + (snapshot.state === 'AUTHORIZED' ? snapshot.authorizedCents : 0),
    0,
  );
  const released = payments
    .filter(({ state }) => state === 'AUTHORIZED')
    .reduce((sum, { releasedCents }) => sum + releasedCents, 0);
  const given = payments
    .flatMap(({ refunds }) => refunds)
    .filter(({ state, initiatedBy }) => state === 'SUCCEEDED' && initiatedBy !== 'COMPENSATION')
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
  const is = `order ${order.id} is ${order.status}, total ${order.totalCents}`;
  const found: string[] = [];
  if (PAID.has(order.status)) {
    // When staff have given all of it back already, nothing is left that an edit could give back.
    const allBack = kept === 0 && authorized === 0 && given >= order.totalCents;
    if (!allBack && kept + authorized - released + given !== order.totalCents) {
      found.push(`${is}, but the provider keeps ${kept}, has authorized ${authorized}, and ${given} was given back`);
    }
  } else {
    if (kept !== 0) found.push(`${is}, but the provider keeps ${kept}`);
    for (const { snapshot } of intents) {
      if (LIVE.has(snapshot.state)) found.push(`${is}, but intent ${snapshot.reference} is ${snapshot.state}`);
    }
  }
  for (const { id } of payments) {
    const alive = intents.filter(({ snapshot }) => snapshot.paymentId === id && snapshot.state !== 'CANCELLED');
    if (alive.length > 1) found.push(`${is}, and payment ${id} has ${alive.length} intents`);
  }
  return found;
}

/** Its stock is sold exactly when it is confirmed. */
function holdingFaults(shop: Shop, order: Order): string[] {
  const rows = [...(shop.stock.held.get(order.id) ?? new Map<string, { state: string; quantity: number }>())];
  const lines = shop.orderTables.orders.get(order.id)?.lines ?? [];
  const is = `order ${order.id} is ${order.status}`;
  if (!PAID.has(order.status)) {
    return rows.flatMap(([id, { state }]) =>
      state === 'ACTIVE' || state === 'COMMITTED' ? [`${is}, but its ${id} is ${state}`] : [],
    );
  }
  return lines.flatMap(({ variantId, quantity }) => {
    const row = rows.find(([id]) => id === variantId)?.[1];
    return row?.state === 'COMMITTED' && row.quantity === quantity
      ? []
      : [`${is}, but its ${variantId} is ${row?.state ?? 'not held'}`];
  });
}

/** Each of these happens once, and its data say which one it was. */
const ONCE = new Set(['PLACED', 'PAYMENT_AUTHORIZED', 'PAYMENT_CAPTURED', 'PAYMENT_VOIDED', 'REFUNDED', 'CONFIRMED']);

function timelineFaults(shop: Shop, order: Order): string[] {
  const entries = shop.orderTables.orders.get(order.id)?.timeline ?? [];
  const told = entries.filter(({ type }) => ONCE.has(type)).map(({ type, data }) => `${type} ${JSON.stringify(data)}`);
  return told
    .filter((one, index) => told.indexOf(one) !== index)
    .map((one) => `order ${order.id} was told twice: ${one}`);
}

/** Our books say what the provider says, and every transaction balances. */
function bookFaults(shop: Shop): string[] {
  return [...shop.paymentTables.payments.values()].flatMap((payment) => {
    const found: string[] = [];
    const { id, providerReference, capturedCents, refundedCents } = payment;
    const entries = shop.paymentTables.ledger.flatMap((transaction) =>
      transaction.id.includes(id) || payment.refunds.some((refund) => refund.id === transaction.refundId)
        ? transaction.entries
        : [],
    );
    const balance = (prefix: string): number =>
      entries
        .filter(({ account }) => account.startsWith(prefix))
        .reduce((sum, { amountCents }) => sum + amountCents, 0);
    if (balance('provider:') !== capturedCents - refundedCents || balance('orders') !== refundedCents - capturedCents) {
      found.push(
        `payment ${id} captured ${capturedCents}, refunded ${refundedCents}; its ledger says ${balance('provider:')}`,
      );
    }
    if (providerReference !== null) {
      const kept = shop.provider.keptOf(providerReference);
      if (kept !== capturedCents - refundedCents) {
        found.push(`payment ${id} holds ${capturedCents - refundedCents}, the provider ${kept}`);
      }
    }
    return found;
  });
}

/** Intents that no payment knows must be worth nothing. */
function strayFaults(shop: Shop, orders: readonly Order[]): string[] {
  const known = new Set([...shop.paymentTables.payments.values()].map(({ providerReference }) => providerReference));
  const ids = new Set(orders.map(({ id }) => id));
  return [
    ...[...shop.provider.intents.values()].flatMap(({ snapshot: { reference, state } }) =>
      known.has(reference) || state === 'CANCELLED' ? [] : [`intent ${reference} is ${state}, and no payment knows it`],
    ),
    ...[...shop.paymentTables.payments.values()].flatMap(({ id, orderId }) =>
      ids.has(orderId) ? [] : [`payment ${id} is for an order that does not exist`],
    ),
    ...[...shop.stock.held].flatMap(([id, rows]) =>
      ids.has(id) || [...rows.values()].every(({ state }) => state !== 'ACTIVE' && state !== 'COMMITTED')
        ? []
        : [`stock is held for ${id}, which is no order`],
    ),
  ];
}

function cartFaults(shop: Shop, orders: readonly Order[]): string[] {
  const found = [...shop.carts.carts.values()].flatMap((cart) => {
    const placed = orders.filter(({ cartId }) => cartId === cart.id);
    if (placed.length > 1) return [`cart ${cart.id} was ordered ${placed.length} times`];
    return (cart.status === 'COMPLETED') === (placed.length === 1) ? [] : [`cart ${cart.id} is ${cart.status}`];
  });
  const holders = new Set(orders.filter(({ status }) => status !== 'CANCELLED').map(({ id }) => id));
  const strays = [...shop.carts.couponUses].filter((id) => !holders.has(id));
  if (strays.length > 0) found.push(`the coupon is used by ${strays.join(', ')}, which are no orders`);
  if (shop.carts.couponUses.size > shop.carts.couponLimit) found.push('the coupon was used too often');
  return found;
}

/** Nobody was told of an order that does not exist. */
function shopperFaults(shop: Shop, shoppers: readonly Shopper[]): string[] {
  return shoppers.flatMap(({ name, orders }) =>
    [...orders].flatMap((id) =>
      shop.orderTables.orders.has(id) ? [] : [`${name} was told of order ${id}, which does not exist`],
    ),
  );
}
