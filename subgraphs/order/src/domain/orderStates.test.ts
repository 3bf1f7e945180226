import { allowedActions, isLegal, isPayable, type OrderStanding, type OrderStatus } from './orderStates.js';

const DUE = new Date('2026-11-22T12:00:00.000Z');
const BEFORE = new Date('2026-11-22T11:59:59.999Z');
const standing = (status: OrderStatus, fulfillmentStatus = 'UNFULFILLED'): OrderStanding => ({
  status,
  fulfillmentStatus,
  paymentDueAt: DUE,
});

describe('the state machine of an order', () => {
  const statuses: OrderStatus[] = ['PENDING_PAYMENT', 'CONFIRMED', 'CANCELLED', 'EXPIRED'];
  const legal = (transition: Parameters<typeof isLegal>[0], actor: Parameters<typeof isLegal>[2]) =>
    statuses.filter((status) => isLegal(transition, standing(status), actor));

  test.each([
    ['CONFIRM', 'system', ['PENDING_PAYMENT']],
    ['REVIVE', 'system', ['EXPIRED']],
    ['EXPIRE', 'system', ['PENDING_PAYMENT']],
    ['CANCEL', 'customer', ['PENDING_PAYMENT', 'CONFIRMED']],
    ['CANCEL', 'staff', ['PENDING_PAYMENT', 'CONFIRMED']],
    ['CANCEL', 'system', []],
    ['CONFIRM', 'customer', []],
    ['CONFIRM', 'staff', []],
  ] as const)('%s by %s is legal from %j only', (transition, actor, from) => {
    expect(legal(transition, actor)).toEqual(from);
  });

  test('an order of which something was fulfilled cannot be cancelled any more', () => {
    expect(isLegal('CANCEL', standing('CONFIRMED', 'PARTIALLY_FULFILLED'), 'staff')).toBe(false);
  });

  test('an order is payable until, not at, the moment its payment is due', () => {
    expect(isPayable(standing('PENDING_PAYMENT'), BEFORE)).toBe(true);
    expect(isPayable(standing('PENDING_PAYMENT'), DUE)).toBe(false);
    expect(isPayable(standing('CONFIRMED'), BEFORE)).toBe(false);
  });

  test('customers may pay and cancel, staff may cancel, nobody may do anything with what has ended', () => {
    expect(allowedActions(standing('PENDING_PAYMENT'), 'customer', BEFORE)).toEqual(['PAY', 'CANCEL']);
    expect(allowedActions(standing('PENDING_PAYMENT'), 'customer', DUE)).toEqual(['CANCEL']);
    expect(allowedActions(standing('PENDING_PAYMENT'), 'staff', BEFORE)).toEqual(['CANCEL']);
    expect(allowedActions(standing('CONFIRMED'), 'customer', BEFORE)).toEqual(['CANCEL']);
    expect(allowedActions(standing('CANCELLED'), 'staff', BEFORE)).toEqual([]);
    expect(allowedActions(standing('EXPIRED'), 'customer', BEFORE)).toEqual([]);
  });
});
