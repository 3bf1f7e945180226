import fc from 'fast-check';
import { pendingOrder } from '../testing/samples.js';
import { applyPlan } from './applyPlan.js';
import { differenceCents, type EditRequest } from './edit.js';
import { lowerLine, taxOf } from './lowerLine.js';
import { type Order, type OrderLine, orderLine } from './order.js';
import { addedUnits, type EditQuote, linesToQuote, planEdit } from './planEdit.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const request = (parts: Partial<EditRequest> = {}): EditRequest => ({
  addLines: [],
  setQuantities: [],
  shippingAddress: null,
  billingAddress: null,
  shippingMethodId: null,
  ...parts,
});
const made = { lines: 0 };
const newLineId = () => {
  made.lines += 1;
  return `oln_new${made.lines}`;
};
const sum = <T>(items: readonly T[], pick: (item: T) => number) => items.reduce((total, item) => total + pick(item), 0);

/** An order as the cart prices one: discounts shared among the lines and shipping, tax rounded per line. */
function orderOf(o: {
  lines: readonly { quantity: number; unitPriceCents: number; discountCents: number; rate: number | null }[];
  shippingCents: number;
  shippingDiscountCents: number;
  taxIncluded: boolean;
}): { order: Order; lines: OrderLine[] } {
  const context = { taxIncluded: o.taxIncluded, currencyCode: 'EUR' };
  const lines = o.lines.map(({ quantity, unitPriceCents, discountCents, rate }, index) => {
    const totalCents = quantity * unitPriceCents - discountCents;
    return orderLine({
      id: `oln_${index}`,
      variantId: `var_${index}`,
      productName: 'Lamp',
      variantName: null,
      sku: `LAMP-${index}`,
      imageUrl: null,
      quantity,
      unitPriceCents,
      discountCents,
      taxBasisPoints: rate,
      taxCents: taxOf(totalCents, rate ?? 1_900, context),
      totalCents,
    });
  });
  const shippingTaxCents = taxOf(o.shippingCents - o.shippingDiscountCents, 1_900, context);
  const subtotalCents = sum(lines, (line) => line.unitPriceCents * line.quantity);
  const discountCents = sum(lines, (line) => line.discountCents) + o.shippingDiscountCents;
  const taxCents = sum(lines, (line) => line.taxCents) + shippingTaxCents;
  return {
    lines,
    order: pendingOrder({
      taxIncluded: o.taxIncluded,
      subtotalCents,
      discountCents,
      shippingCents: o.shippingCents,
      shippingDiscountCents: o.shippingDiscountCents,
      shippingTaxCents,
      shippingTaxBasisPoints: 1_900,
      taxCents,
      totalCents: subtotalCents - discountCents + o.shippingCents + (o.taxIncluded ? 0 : taxCents),
    }),
  };
}

const anyOrder = fc
  .record({
    lines: fc.array(
      fc
        .record({
          quantity: fc.integer({ min: 1, max: 12 }),
          unitPriceCents: fc.integer({ min: 0, max: 50_000 }),
          share: fc.integer({ min: 0, max: 100 }),
          rate: fc.constantFrom(null, 0, 700, 1_900, 2_100),
        })
        .map(({ share, ...line }) => ({
          ...line,
          discountCents: Math.floor((line.quantity * line.unitPriceCents * share) / 100),
        })),
      { minLength: 1, maxLength: 5 },
    ),
    shippingCents: fc.integer({ min: 0, max: 2_000 }),
    freeShipping: fc.boolean(),
    taxIncluded: fc.boolean(),
  })
  .map(({ freeShipping, ...o }) => orderOf({ ...o, shippingDiscountCents: freeShipping ? o.shippingCents : 0 }));

function expectToAddUp(order: Order, lines: readonly OrderLine[]): void {
  for (const line of lines) {
    expect(line.totalCents).toBe(line.unitPriceCents * line.quantity - line.discountCents);
    expect(Math.min(line.totalCents, line.discountCents, line.taxCents)).toBeGreaterThanOrEqual(0);
  }
  expect(order.subtotalCents).toBe(sum(lines, (line) => line.unitPriceCents * line.quantity));
  expect(order.discountCents).toBe(sum(lines, (line) => line.discountCents) + (order.shippingDiscountCents ?? 0));
  expect(order.taxCents).toBe(sum(lines, (line) => line.taxCents) + (order.shippingTaxCents ?? 0));
  expect(order.totalCents).toBe(
    order.subtotalCents - order.discountCents + order.shippingCents + (order.taxIncluded ? 0 : order.taxCents),
  );
}

/** The order after this request; undefined when it was refused. */
function edited(
  of: { order: Order; lines: readonly OrderLine[] },
  wanted: EditRequest,
  quote: EditQuote | null = null,
) {
  const result = planEdit(of.order, of.lines, wanted, quote, newLineId);
  if (!result.ok) return undefined;
  const planned = applyPlan(of.order, of.lines, result.plan, NOW);
  if (planned === undefined) throw new Error('a fresh plan does not fit its own order');
  const byId = new Map(planned.lines.map((line) => [line.id, line]));
  const lines = [
    ...of.lines.map((line) => byId.get(line.id) ?? line),
    ...planned.lines.filter((line) => !of.lines.some(({ id }) => id === line.id)),
  ];
  return { order: planned.order, lines, plan: result.plan };
}

const quoteOf = (
  wanted: readonly { variantId: string; quantity: number }[],
  o: Partial<EditQuote> = {},
): EditQuote => ({
  taxBasisPoints: 1_900,
  taxIncluded: true,
  shippingMethod: null,
  lines: wanted.map(({ variantId, quantity }) => ({
    variantId,
    productName: 'Bulb',
    variantName: null,
    sku: 'BULB',
    imageUrl: null,
    quantity,
    unitPriceCents: 1_000,
    discountCents: 0,
    taxCents: 160 * quantity,
    totalCents: 1_000 * quantity,
    forSale: true,
    quantityAvailable: 10,
  })),
  ...o,
});

test('however an order is lowered, its sums add up to the cent, and what it costs less is what its units cost', () => {
  fc.assert(
    fc.property(anyOrder, fc.array(fc.nat(12), { minLength: 5, maxLength: 5 }), (of, wanted) => {
      const setQuantities = of.lines.map((line, index) => ({
        lineId: line.id,
        quantity: Math.min(line.quantity, wanted[index] ?? 0),
      }));
      const after = edited(of, request({ setQuantities }));
      if (after === undefined) return;
      expectToAddUp(after.order, after.lines);
      expect(after.order.totalCents).toBeLessThanOrEqual(of.order.totalCents);
      expect(differenceCents(after.plan)).toBe(after.order.totalCents - of.order.totalCents);
      expect(after.plan.removed).toEqual(
        of.lines.flatMap((line, index) => {
          const left = setQuantities[index]?.quantity ?? 0;
          return left < line.quantity ? [{ variantId: line.variantId, quantity: line.quantity - left }] : [];
        }),
      );
    }),
    { numRuns: 500 },
  );
});

test('lowering step by step gives exactly what lowering at once gives', () => {
  fc.assert(
    fc.property(anyOrder, fc.array(fc.tuple(fc.nat(4), fc.nat(12)), { maxLength: 12 }), (of, steps) => {
      let stepwise: { order: Order; lines: readonly OrderLine[] } = of;
      for (const [index, to] of steps) {
        const line = stepwise.lines[index % of.lines.length] as OrderLine;
        const quantity = Math.min(line.quantity, to);
        stepwise = edited(stepwise, request({ setQuantities: [{ lineId: line.id, quantity }] })) ?? stepwise;
      }
      const setQuantities = stepwise.lines.map(({ id, quantity }) => ({ lineId: id, quantity }));
      const atOnce = edited(of, request({ setQuantities }));
      if (atOnce === undefined) return;
      expect(atOnce.lines).toEqual(stepwise.lines);
      expect({ ...atOnce.order, version: 0 }).toEqual({ ...stepwise.order, version: 0 });
    }),
    { numRuns: 500 },
  );
});

test('an odd discount goes with its units: the first ones carry the odd cent', () => {
  const line = { quantity: 3, unitPriceCents: 1_000, discountCents: 100, taxCents: 0, taxBasisPoints: 0 };
  const context = { taxIncluded: true, currencyCode: 'EUR' };
  expect([2, 1, 0].map((quantity) => lowerLine(line, quantity, context).discountCents)).toEqual([67, 34, 0]);
});

describe('adding', () => {
  const of = orderOf({
    lines: [{ quantity: 2, unitPriceCents: 2_000, discountCents: 400, rate: 1_900 }],
    shippingCents: 490,
    shippingDiscountCents: 0,
    taxIncluded: true,
  });

  test('what is added costs what it costs today; what was there keeps its price and discount', () => {
    const after = edited(
      of,
      request({ addLines: [{ variantId: 'var_9', quantity: 3 }] }),
      quoteOf([{ variantId: 'var_9', quantity: 3 }]),
    );
    expect(after?.order.totalCents).toBe(of.order.totalCents + 3_000);
    expect(after?.lines[0]).toEqual(of.lines[0]);
    expect(after?.plan.reserved).toEqual([{ variantId: 'var_9', quantity: 3 }]);
    if (after) expectToAddUp(after.order, after.lines);
  });

  test('more of a line is a line of its own at the price of today', () => {
    const wanted = request({
      setQuantities: [{ lineId: 'oln_0', quantity: 5 }],
      addLines: [{ variantId: 'var_0', quantity: 1 }],
    });
    expect([...addedUnits(of.lines, wanted)]).toEqual([['var_0', 4]]);
    expect(linesToQuote(of.lines, wanted)).toEqual([{ variantId: 'var_0', quantity: 4, unitPriceCents: null }]);
    const after = edited(of, wanted, quoteOf([{ variantId: 'var_0', quantity: 4 }]));
    expect(after?.lines.map(({ quantity, unitPriceCents }) => [quantity, unitPriceCents])).toEqual([
      [2, 2_000],
      [4, 1_000],
    ]);
  });

  test('an exchange of lines takes off and adds in one plan, and the sums add up', () => {
    fc.assert(
      fc.property(anyOrder, fc.integer({ min: 1, max: 10 }), (order, quantity) => {
        const quote = quoteOf([{ variantId: 'var_9', quantity }], { taxIncluded: order.order.taxIncluded });
        const setQuantities = order.lines.slice(0, 1).map(({ id }) => ({ lineId: id, quantity: 0 }));
        const after = edited(order, request({ setQuantities, addLines: [{ variantId: 'var_9', quantity }] }), quote);
        if (after !== undefined) expectToAddUp(after.order, after.lines);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['what the catalogue does not know', { lines: [null] }, 'VARIANT_UNAVAILABLE'],
    [
      'what is not for sale',
      {
        lines: quoteOf([{ variantId: 'var_9', quantity: 1 }]).lines.map((line) => line && { ...line, forSale: false }),
      },
      'VARIANT_UNAVAILABLE',
    ],
    [
      'more than there is',
      {
        lines: quoteOf([{ variantId: 'var_9', quantity: 1 }]).lines.map(
          (line) => line && { ...line, quantityAvailable: 0 },
        ),
      },
      'INSUFFICIENT_STOCK',
    ],
    ['prices of the other kind', { taxIncluded: false }, 'CONFLICT'],
  ])('%s cannot be added', (_, parts, code) => {
    const wanted = request({ addLines: [{ variantId: 'var_9', quantity: 1 }] });
    const result = planEdit(
      of.order,
      of.lines,
      wanted,
      quoteOf([{ variantId: 'var_9', quantity: 1 }], parts),
      newLineId,
    );
    expect(result).toMatchObject({ ok: false, refusals: [{ code }] });
  });
});

describe('shipping and addresses', () => {
  const of = orderOf({
    lines: [{ quantity: 2, unitPriceCents: 2_000, discountCents: 0, rate: 1_900 }],
    shippingCents: 490,
    shippingDiscountCents: 490,
    taxIncluded: false,
  });
  const express = { id: 'express', name: 'Express', priceCents: 990 };

  test('another way of shipping costs its price of today, less what was taken off shipping', () => {
    const quote = quoteOf([], { shippingMethod: express, taxIncluded: false });
    const after = edited(of, request({ shippingMethodId: 'express' }), quote);
    expect(after?.order).toMatchObject({ shippingCents: 990, shippingDiscountCents: 490, shippingTaxCents: 95 });
    expect(after?.order.totalCents).toBe(of.order.totalCents + 500 + 95);
    if (after) expectToAddUp(after.order, after.lines);
  });

  test('all lines that stay are quoted for it, at what they cost in this order', () => {
    const wanted = request({ shippingMethodId: 'express', setQuantities: [{ lineId: 'oln_0', quantity: 1 }] });
    expect(linesToQuote(of.lines, wanted)).toEqual([{ variantId: 'var_0', quantity: 1, unitPriceCents: 2_000 }]);
  });

  test('a way of shipping that cannot deliver is refused', () => {
    const result = planEdit(of.order, of.lines, request({ shippingMethodId: 'pigeon' }), quoteOf([]), newLineId);
    expect(result).toMatchObject({ ok: false, refusals: [{ code: 'SHIPPING_METHOD_NOT_SET' }] });
  });

  test('an address changes nothing else, and stays in its country', () => {
    const shippingAddress = { ...of.order.shippingAddress, streetLine1: '2 Side Street' };
    const after = edited(of, request({ shippingAddress }));
    expect(after?.order).toEqual({ ...of.order, shippingAddress, version: of.order.version + 1, deliveredAt: null });
    const abroad = request({ shippingAddress: { ...shippingAddress, countryCode: 'FR' } });
    expect(planEdit(of.order, of.lines, abroad, null, newLineId)).toMatchObject({
      ok: false,
      refusals: [{ code: 'INVALID', field: ['input', 'shippingAddress', 'countryCode'] }],
    });
  });

  test('once something has left, neither changes any more', () => {
    const order = { ...of.order, status: 'CONFIRMED', fulfillmentStatus: 'PARTIALLY_FULFILLED' } as const;
    for (const wanted of [
      request({ shippingAddress: order.shippingAddress }),
      request({ shippingMethodId: 'express' }),
    ]) {
      expect(planEdit(order, of.lines, wanted, quoteOf([], { shippingMethod: express }), newLineId)).toMatchObject({
        ok: false,
        refusals: [{ code: 'ILLEGAL_TRANSITION' }],
      });
    }
  });
});

describe('what is refused', () => {
  const of = orderOf({
    lines: [
      { quantity: 3, unitPriceCents: 2_000, discountCents: 0, rate: 1_900 },
      { quantity: 1, unitPriceCents: 0, discountCents: 0, rate: 1_900 },
    ],
    shippingCents: 0,
    shippingDiscountCents: 0,
    taxIncluded: true,
  });
  const to = (...quantities: number[]) =>
    request({ setQuantities: quantities.map((quantity, index) => ({ lineId: `oln_${index}`, quantity })) });
  const shipped = of.lines.map((line) => ({ ...line, quantityFulfilled: 1 }));
  const exchanged = of.lines.map((line) => ({ ...line, exchangeOf: 'rtn_1' }));

  test.each([
    ['an edit that changes nothing', of.order, of.lines, to(3, 1), 'INVALID'],
    ['an empty edit', of.order, of.lines, request(), 'INVALID'],
    ['taking everything off', of.order, of.lines, to(0, 0), 'INVALID'],
    ['leaving nothing to pay', of.order, of.lines, to(0, 1), 'INVALID'],
    ['fewer than have left', of.order, shipped, to(0), 'ILLEGAL_TRANSITION'],
    ['lines of an exchange', of.order, exchanged, to(1), 'ILLEGAL_TRANSITION'],
    [
      'lines of another order',
      of.order,
      of.lines,
      request({ setQuantities: [{ lineId: 'oln_x', quantity: 1 }] }),
      'NOT_FOUND',
    ],
    ['a cancelled order', { ...of.order, status: 'CANCELLED' as const }, of.lines, to(1), 'ILLEGAL_TRANSITION'],
    ['an expired order', { ...of.order, status: 'EXPIRED' as const }, of.lines, to(1), 'ILLEGAL_TRANSITION'],
    [
      'a delivered order',
      { ...of.order, status: 'CONFIRMED' as const, fulfillmentStatus: 'DELIVERED' as const },
      of.lines,
      to(1),
      'ILLEGAL_TRANSITION',
    ],
  ])('%s', (_, order, lines, wanted, code) => {
    expect(planEdit(order, lines, wanted, null, newLineId)).toMatchObject({ ok: false, refusals: [{ code }] });
  });
});

describe('a plan that is applied later', () => {
  const of = orderOf({
    lines: [
      { quantity: 3, unitPriceCents: 2_000, discountCents: 0, rate: 1_900 },
      { quantity: 2, unitPriceCents: 1_000, discountCents: 0, rate: 1_900 },
    ],
    shippingCents: 0,
    shippingDiscountCents: 0,
    taxIncluded: true,
  });
  const order = { ...of.order, status: 'CONFIRMED' as const };
  const wanted = request({
    setQuantities: [{ lineId: 'oln_1', quantity: 0 }],
    addLines: [{ variantId: 'var_9', quantity: 3 }],
  });
  const planned = planEdit(order, of.lines, wanted, quoteOf([{ variantId: 'var_9', quantity: 3 }]), newLineId);
  if (!planned.ok) throw new Error('the plan is possible');
  const { plan } = planned;

  test('fits while other lines are delivered, and says how far the order is then', () => {
    const lines = of.lines.map((line) =>
      line.id === 'oln_0' ? { ...line, quantityFulfilled: 3, quantityDelivered: 3 } : line,
    );
    const partly = { ...order, fulfillmentStatus: 'PARTIALLY_FULFILLED' as const };
    expect(applyPlan(partly, lines, plan, NOW)?.order.fulfillmentStatus).toBe('PARTIALLY_FULFILLED');
  });

  test.each([
    ['what it takes off has left', order, of.lines.map((line) => ({ ...line, quantityFulfilled: 1 }))],
    ['a line that it changes was changed', order, of.lines.map((line) => ({ ...line, quantity: 1 }))],
    ['the order costs something else', { ...order, totalCents: order.totalCents - 1 }, of.lines],
  ])('does not fit any more when %s', (_, changed, lines) => {
    expect(applyPlan(changed, lines, plan, NOW)).toBeUndefined();
  });

  test('taking off the last units that had not arrived makes the order delivered: its return window begins', () => {
    const lines = of.lines.map((line) =>
      line.id === 'oln_0' ? { ...line, quantityFulfilled: 3, quantityDelivered: 3 } : line,
    );
    const partly = { ...order, fulfillmentStatus: 'PARTIALLY_FULFILLED' as const };
    const lower = planEdit(
      partly,
      lines,
      request({ setQuantities: [{ lineId: 'oln_1', quantity: 0 }] }),
      null,
      newLineId,
    );
    if (!lower.ok) throw new Error('the plan is possible');
    expect(applyPlan(partly, lines, lower.plan, NOW)?.order).toMatchObject({
      fulfillmentStatus: 'DELIVERED',
      deliveredAt: NOW,
    });
  });
});
