import fc from 'fast-check';
import { pendingOrder } from '../testing/samples.js';
import { decideReceipt } from './decideReceipt.js';
import { type OrderLine, orderLine } from './order.js';
import type { OrderReturn } from './return.js';
import { exchangeCostCents, lineValueCents, refundableShippingCents, returnValueCents } from './returnValue.js';
import type { WholeOrder } from './wholeOrder.js';

const line = (parts: Partial<OrderLine> = {}): OrderLine => ({
  ...orderLine({
    id: 'oln_1',
    variantId: 'var_1',
    productName: 'Lamp',
    variantName: null,
    sku: 'LAMP',
    imageUrl: null,
    quantity: 3,
    unitPriceCents: 1_000,
    discountCents: 1,
    taxCents: 479,
    taxBasisPoints: 1_900,
    totalCents: 2_999,
  }),
  quantityFulfilled: parts.quantity ?? 3,
  ...parts,
});

/** A delivered order of one line, with shipping of 4.90. */
const order = (one: OrderLine, taxIncluded = true): WholeOrder => ({
  ...pendingOrder({
    status: 'CONFIRMED',
    fulfillmentStatus: 'DELIVERED',
    paymentId: 'pay_1',
    taxIncluded,
    totalCents: one.totalCents + (taxIncluded ? 0 : one.taxCents) + 490,
  }),
  lines: [one],
  fulfillments: [],
  returns: [],
});

const approved = (id: string, quantity: number): OrderReturn => ({
  id,
  number: `261122-AAAAAAAA-${id}`,
  status: 'APPROVED',
  reason: 'SIZE',
  note: null,
  declineReason: null,
  receiptNote: null,
  lines: [{ lineId: 'oln_1', quantity, accepted: 0, rejected: 0, restock: true, refundCents: 0, exchange: null }],
  key: id,
  inputHash: id,
  refundCents: 0,
  shippingRefundCents: 0,
  refundedCents: 0,
  stockHeldUntil: null,
  requestedAt: new Date(),
  approvedAt: new Date(),
  receivedAt: null,
  endedAt: null,
});

/** Sends `units` back and answers the order as it is then, and what was refunded. */
function sendBack(whole: WholeOrder, units: number, refundShipping: boolean): { after: WholeOrder; refund: number } {
  const back = approved(`rtn_${whole.returns.length}`, units);
  const step = decideReceipt(
    { ...whole, returns: [...whole.returns, back] },
    back,
    { lines: [{ lineId: 'oln_1', accepted: units, rejected: 0, restock: true }], refundShipping, note: null },
    { now: new Date(), exchangeable: new Set(), newLineId: () => 'oln_2' },
  );
  if (step.kind !== 'CHANGE') throw new Error(`not received: ${JSON.stringify(step)}`);
  return { after: step.after, refund: step.after.returns.at(-1)?.refundCents ?? Number.NaN };
}

const amounts = fc.record({
  quantity: fc.integer({ min: 1, max: 40 }),
  totalCents: fc.integer({ min: 0, max: 1_000_000 }),
  taxCents: fc.integer({ min: 0, max: 100_000 }),
  taxIncluded: fc.boolean(),
  parts: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 40 }),
});

test('in whatever parts a line comes back, the refunds sum to what was paid for it, and with the shipping to all that was paid', () => {
  fc.assert(
    fc.property(amounts, ({ quantity, totalCents, taxCents, taxIncluded, parts }) => {
      const one = line({ quantity, quantityFulfilled: quantity, totalCents, taxCents });
      let whole = order(one, taxIncluded);
      let given = 0;
      for (let left = quantity, turn = 0; left > 0; turn += 1) {
        const units = Math.min(parts[turn % parts.length] ?? 1, left);
        left -= units;
        const { after, refund } = sendBack(whole, units, left === 0);
        expect(refund).toBeGreaterThanOrEqual(0);
        given += refund;
        whole = after;
        if (left > 0) expect(given).toBeLessThanOrEqual(lineValueCents(whole, one));
      }
      expect(given).toBe(whole.totalCents);
      expect(whole).toMatchObject({ fulfillmentStatus: 'RETURNED', lines: [{ quantityReturned: quantity }] });
    }),
    { numRuns: 300 },
  );
});

test('a third of 29.99 is 10.00, 9.99 and 10.00', () => {
  const whole = order(line());
  expect(returnValueCents(whole, line(), 1)).toBe(1_000);
  expect(returnValueCents(whole, line({ quantityReturned: 1, refundedCents: 1_000 }), 1)).toBe(999);
  expect(returnValueCents(whole, line({ quantityReturned: 2, refundedCents: 1_999 }), 1)).toBe(1_000);
  expect(returnValueCents(whole, line(), 3)).toBe(2_999);
  expect(returnValueCents(whole, line(), 0)).toBe(0);
});

test('what an edit has given back already is not given back a second time, and not a cent is lost', () => {
  const edited = line({
    quantity: 2,
    quantityFulfilled: 2,
    quantityReturned: 1,
    totalCents: 2_001,
    refundedCents: 1_000,
  });
  expect(returnValueCents(order(edited), edited, 1)).toBe(1_001);
});

test('refunds never come to more than the order cost', () => {
  const whole = { ...order(line()), totalCents: 2_000 };
  const { after, refund } = sendBack(whole, 3, true);
  expect(refund).toBe(2_000);
  expect(after.returns[0]).toMatchObject({ refundCents: 2_000, shippingRefundCents: 0 });
});

test('shipping is what the lines leave of the total, and given back once', () => {
  const whole = order(line(), false);
  expect(refundableShippingCents(whole)).toBe(490);
  expect(refundableShippingCents(sendBack(whole, 1, true).after)).toBe(0);
});

test('an article in exchange costs its price, and with prices without tax the tax of what it replaces too', () => {
  expect(exchangeCostCents(order(line()), line(), 900, 2)).toBe(1_800);
  const net = line({ totalCents: 3_000, taxCents: 570 });
  expect(exchangeCostCents(order(net, false), net, 1_000, 1)).toBe(1_190);
  const given = line({ totalCents: 0, taxCents: 0, coveredCents: 800 });
  expect(exchangeCostCents(order(given, false), given, 800, 1)).toBe(800);
});
