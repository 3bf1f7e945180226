import { allocate, money } from '@souk/money';
import type { OrderLine } from './order.js';
import type { WholeOrder } from './wholeOrder.js';

/** What all units of a line are worth to the customer, tax included: what he paid, or what a return paid of it. */
export function lineValueCents(order: Pick<WholeOrder, 'taxIncluded'>, line: OrderLine): number {
  return line.totalCents + (order.taxIncluded ? 0 : line.taxCents) + line.coveredCents;
}

/**
 * What is given back for the next `units` of a line: the share of all that came back by then, less what was given for it
 * already. So unit by unit gives the same sum as all at once, to the cent.
 */
export function returnValueCents(
  order: Pick<WholeOrder, 'taxIncluded' | 'currencyCode'>,
  line: OrderLine,
  units: number,
): number {
  const returned = line.quantityReturned + units;
  if (units === 0) return 0;
  const whole = money(lineValueCents(order, line), order.currencyCode);
  const [share] = allocate(whole, [returned, line.quantity - returned]);
  return Math.max(0, (share?.centAmount ?? 0) - line.refundedCents);
}

/** What the customer paid for shipping and has not got back. */
export function refundableShippingCents(order: WholeOrder): number {
  const lines = order.lines.reduce((sum, line) => sum + lineValueCents(order, line) - line.coveredCents, 0);
  const refunded = order.returns.reduce((sum, { shippingRefundCents }) => sum + shippingRefundCents, 0);
  return Math.max(0, order.totalCents - lines - refunded);
}

/** What returns can still give back in money: never more than the order cost. */
export function refundableCents(order: WholeOrder): number {
  const refunded = order.returns.reduce((sum, { refundCents }) => sum + refundCents, 0);
  return Math.max(0, order.totalCents - refunded);
}

/** What an article in exchange costs, tax included: at the tax that the line has which it replaces. */
export function exchangeCostCents(
  order: Pick<WholeOrder, 'taxIncluded' | 'currencyCode'>,
  line: OrderLine,
  unitPriceCents: number,
  units: number,
): number {
  const net = unitPriceCents * units;
  if (order.taxIncluded || line.totalCents === 0) return net;
  const [tax] = allocate(money(line.taxCents, order.currencyCode), [net, Math.max(0, line.totalCents - net)]);
  return net + (tax?.centAmount ?? 0);
}
