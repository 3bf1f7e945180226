import type { FulfillmentStatus } from './orderStates.js';
import { allowedActions, isLegal, isPayable, type OrderStanding, type OrderStatus } from './orderStates.js';

const DUE = new Date('2026-11-22T12:00:00.000Z');
const BEFORE = new Date('2026-11-22T11:59:59.999Z');
const DAY = 86_400_000;
const standing = (
  status: OrderStatus,
  fulfillmentStatus: FulfillmentStatus = 'UNFULFILLED',
  deliveredAt: Date | null = null,
): OrderStanding => ({ status, fulfillmentStatus, paymentDueAt: DUE, deliveredAt });
const actions = (order: OrderStanding, actor: 'customer' | 'staff', now: Date) =>
  allowedActions(order, actor, now, 30 * DAY);

describe('the state machine of an order', () => {
  const statuses: OrderStatus[] = ['PENDING_PAYMENT', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'EXPIRED'];
  const legal = (transition: Parameters<typeof isLegal>[0], actor: Parameters<typeof isLegal>[2]) =>
    statuses.filter((status) => isLegal(transition, standing(status), actor));

  test.each([
    ['CONFIRM', 'system', ['PENDING_PAYMENT']],
    ['REVIVE', 'system', ['EXPIRED']],
    ['EXPIRE', 'system', ['PENDING_PAYMENT']],
    ['CANCEL', 'customer', ['PENDING_PAYMENT', 'CONFIRMED']],
    ['CANCEL', 'staff', ['PENDING_PAYMENT', 'CONFIRMED']],
    ['CANCEL', 'system', ['PENDING_PAYMENT', 'CONFIRMED']],
    ['EDIT_UNPAID', 'customer', ['PENDING_PAYMENT']],
    ['EDIT_PAID', 'staff', ['CONFIRMED']],
    ['EDIT_PAID', 'system', []],
    ['FULFILL', 'staff', ['CONFIRMED']],
    ['FULFILL', 'customer', []],
    ['CONFIRM', 'customer', []],
    ['CONFIRM', 'staff', []],
  ] as const)('%s by %s is legal from %j only', (transition, actor, from) => {
    expect(legal(transition, actor)).toEqual(from);
  });

  test('an order of which something was fulfilled cannot be cancelled any more', () => {
    expect(isLegal('CANCEL', standing('CONFIRMED', 'PARTIALLY_FULFILLED'), 'staff')).toBe(false);
  });

  test.each([
    ['UNFULFILLED', ['CANCEL', 'CANCEL_LINES'], ['CANCEL', 'CANCEL_LINES', 'EDIT', 'FULFILL']],
    ['PARTIALLY_FULFILLED', ['CANCEL_LINES', 'REQUEST_RETURN'], ['CANCEL_LINES', 'EDIT', 'FULFILL', 'REQUEST_RETURN']],
    ['FULFILLED', ['REQUEST_RETURN'], ['EDIT', 'REQUEST_RETURN', 'COMPLETE']],
    ['DELIVERED', ['REQUEST_RETURN'], ['REQUEST_RETURN', 'COMPLETE']],
    ['RETURNED', [], ['COMPLETE']],
  ] as const)('a paid order that is %s allows the customer %j and staff %j', (fulfillment, customer, staff) => {
    expect(actions(standing('CONFIRMED', fulfillment), 'customer', DUE)).toEqual(customer);
    expect(actions(standing('CONFIRMED', fulfillment), 'staff', DUE)).toEqual(staff);
    expect(actions(standing('COMPLETED', fulfillment), 'staff', DUE)).toEqual([]);
  });

  test('an order can be returned until, not at, the end of the window that began with its delivery', () => {
    const delivered = standing('CONFIRMED', 'DELIVERED', new Date(DUE.getTime() - 30 * DAY));
    expect(actions(delivered, 'customer', BEFORE)).toEqual(['REQUEST_RETURN']);
    expect(actions(delivered, 'customer', DUE)).toEqual([]);
  });

  test('an order is payable until, not at, the moment its payment is due', () => {
    expect(isPayable(standing('PENDING_PAYMENT'), BEFORE)).toBe(true);
    expect(isPayable(standing('PENDING_PAYMENT'), DUE)).toBe(false);
    expect(isPayable(standing('CONFIRMED'), BEFORE)).toBe(false);
  });

  test('customers may pay and cancel, staff may cancel, nobody may do anything with what has ended', () => {
    expect(actions(standing('PENDING_PAYMENT'), 'customer', BEFORE)).toEqual(['PAY', 'CANCEL', 'CANCEL_LINES']);
    expect(actions(standing('PENDING_PAYMENT'), 'customer', DUE)).toEqual(['CANCEL', 'CANCEL_LINES']);
    expect(actions(standing('PENDING_PAYMENT'), 'staff', BEFORE)).toEqual(['CANCEL', 'CANCEL_LINES', 'EDIT']);
    expect(actions(standing('CONFIRMED'), 'customer', BEFORE)).toEqual(['CANCEL', 'CANCEL_LINES']);
    expect(actions(standing('CANCELLED'), 'staff', BEFORE)).toEqual([]);
    expect(actions(standing('EXPIRED'), 'customer', BEFORE)).toEqual([]);
  });
});
