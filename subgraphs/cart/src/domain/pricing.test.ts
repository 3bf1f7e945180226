import fc from 'fast-check';
import type { Cart, CartLine } from './cart.js';
import { priceCart } from './pricing.js';
import type { Promotion } from './promotion.js';
import type { Rules } from './rules.js';

const now = new Date('2026-11-22T12:00:00Z');

const line = (unitPrice: number, quantity = 1, weightGrams: number | null = 500): CartLine => ({
  id: `cln_${unitPrice}_${quantity}`,
  variantId: `var_${unitPrice}`,
  productId: 'prd_1',
  productName: 'Teapot',
  variantName: null,
  sku: 'TEA',
  imageUrl: null,
  quantity,
  unitPrice,
  unitPriceWhenAdded: unitPrice,
  weightGrams,
});

const cart = (part: Partial<Cart>): Cart => ({
  id: 'crt_1',
  customerId: null,
  status: 'ACTIVE',
  version: 1,
  currencyCode: 'EUR',
  countryCode: 'DE',
  email: null,
  shippingAddress: null,
  billingAddress: null,
  shippingMethodId: null,
  discountCodes: [],
  note: null,
  lines: [],
  mergedIntoId: null,
  createdAt: now,
  updatedAt: now,
  expiresAt: now,
  ...part,
});

const promotion = (part: Partial<Promotion>): Promotion => ({
  id: `prm_${part.code ?? 'auto'}`,
  name: 'Sale',
  code: null,
  kind: 'PERCENT_OFF_ORDER',
  value: 0,
  currencyCode: null,
  amount: null,
  minSubtotal: null,
  startsAt: null,
  endsAt: null,
  usageLimit: null,
  perCustomerLimit: null,
  timesUsed: 0,
  isActive: true,
  ...part,
});

const rules = (automaticPromotions: Promotion[] = []): Rules => ({
  shippingMethods: [
    {
      id: 'standard',
      name: 'Standard',
      estimatedDays: 4,
      rates: [
        {
          countryCodes: ['DE'],
          currencyCode: 'EUR',
          minWeightGrams: 0,
          maxWeightGrams: 30_000,
          base: 490,
          perKg: 0,
          freeFrom: 5_000,
        },
        {
          countryCodes: [],
          currencyCode: 'EUR',
          minWeightGrams: 0,
          maxWeightGrams: 30_000,
          base: 990,
          perKg: 100,
          freeFrom: null,
        },
      ],
    },
  ],
  taxRates: new Map([
    ['DE', { basisPoints: 1_900, included: true }],
    ['CA', { basisPoints: 500, included: false }],
  ]),
  automaticPromotions,
});

test('prices that include tax: the total is lines plus shipping, and the tax is in it', () => {
  const price = priceCart(cart({ lines: [line(1_999, 2)], shippingMethodId: 'standard' }), rules(), [], now);
  expect(price).toMatchObject({
    subtotal: 3_998,
    shipping: 490,
    discount: 0,
    tax: 638 + 78,
    total: 4_488,
    taxIncluded: true,
  });
});

test('prices without tax: the tax is added to the total', () => {
  const price = priceCart(
    cart({ countryCode: 'CA', lines: [line(1_000)], shippingMethodId: 'standard' }),
    rules(),
    [],
    now,
  );
  expect(price).toMatchObject({
    subtotal: 1_000,
    shipping: 1_090,
    tax: 50 + 55,
    total: 1_000 + 1_090 + 105,
    taxIncluded: false,
  });
});

test('what is not known yet is null, not zero', () => {
  const price = priceCart(
    cart({ countryCode: null, lines: [line(1_000)], shippingMethodId: 'standard' }),
    rules(),
    [],
    now,
  );
  expect(price).toMatchObject({
    shipping: null,
    tax: null,
    total: 1_000,
    shippingMethods: [],
    selectedShippingMethod: null,
  });
});

test('the shipping address decides before the country of the cart', () => {
  const shippingAddress = {
    fullName: 'A',
    company: null,
    streetLine1: 'S',
    streetLine2: null,
    city: 'C',
    region: null,
    postalCode: null,
    countryCode: 'US',
    phone: null,
  };
  const price = priceCart(
    cart({ shippingAddress, lines: [line(1_000)], shippingMethodId: 'standard' }),
    rules(),
    [],
    now,
  );
  expect(price).toMatchObject({ shipping: 1_090, tax: 0 });
});

test('promotions apply one after the other, automatic ones first, and their shares sum exactly', () => {
  const price = priceCart(
    cart({ lines: [line(1_000), line(2_001)], discountCodes: ['FIVE'] }),
    rules([promotion({ value: 10 })]),
    [promotion({ code: 'FIVE', kind: 'AMOUNT_OFF_ORDER', amount: 500, currencyCode: 'EUR' })],
    now,
  );
  expect(price.discount).toBe(300 + 500);
  expect(price.lines.map((part) => part.discount)).toEqual([267, 533]);
  expect(price.codes).toEqual([{ code: 'FIVE', reason: null }]);
});

test('an amount off never takes more than the lines cost, and free shipping takes shipping only', () => {
  const price = priceCart(
    cart({ lines: [line(300)], shippingMethodId: 'standard', discountCodes: ['BIG', 'SHIP'] }),
    rules(),
    [
      promotion({ code: 'BIG', kind: 'AMOUNT_OFF_ORDER', amount: 9_999, currencyCode: 'EUR' }),
      promotion({ code: 'SHIP', kind: 'FREE_SHIPPING' }),
    ],
    now,
  );
  expect(price).toMatchObject({ subtotal: 300, shipping: 490, discount: 790, shippingDiscount: 490, tax: 0, total: 0 });
});

test.each([
  ['expired', { endsAt: now }, 'DISCOUNT_EXPIRED'],
  ['not started', { startsAt: new Date('2027-01-01') }, 'DISCOUNT_INVALID'],
  ['switched off', { isActive: false }, 'DISCOUNT_INVALID'],
  ['used up', { usageLimit: 1, timesUsed: 1 }, 'DISCOUNT_LIMIT_REACHED'],
  ['of a higher subtotal', { minSubtotal: 1_001, currencyCode: 'EUR' }, 'DISCOUNT_INVALID'],
  ['of another currency', { minSubtotal: 1, currencyCode: 'USD' }, 'DISCOUNT_INVALID'],
] as const)('a code that is %s takes nothing off and says why', (_name, part, reason) => {
  const codes = [promotion({ code: 'TEN', value: 10, ...part })];
  const price = priceCart(cart({ lines: [line(1_000)], discountCodes: ['TEN'] }), rules(), codes, now);
  expect(price).toMatchObject({ discount: 0, total: 1_000, codes: [{ code: 'TEN', reason }], applied: [] });
});

test('total = subtotal + shipping − discount (+ tax where not included), shares sum exactly, nothing is negative', () => {
  const lines = fc.array(fc.record({ price: fc.nat(1_000_000), quantity: fc.integer({ min: 1, max: 999 }) }), {
    maxLength: 20,
  });
  const kinds = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 100 }).map((value) => ({ kind: 'PERCENT_OFF_ORDER' as const, value })),
      fc
        .integer({ min: 1, max: 5_000_000 })
        .map((amount) => ({ kind: 'AMOUNT_OFF_ORDER' as const, amount, currencyCode: 'EUR' })),
      fc.constant({ kind: 'FREE_SHIPPING' as const }),
    ),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(
      lines,
      kinds,
      fc.constantFrom('DE', 'CA', 'US', null),
      fc.boolean(),
      (wanted, parts, countryCode, ships) => {
        const promotions = parts.map((part, index) => promotion({ code: `C${index}`, ...part }));
        const price = priceCart(
          cart({
            countryCode,
            lines: wanted.map((want, index) => ({ ...line(want.price, want.quantity, 0), id: `cln_${index}` })),
            discountCodes: promotions.map((one) => one.code as string),
            shippingMethodId: ships ? 'standard' : null,
          }),
          rules(),
          promotions,
          now,
        );
        const sum = (amounts: number[]) => amounts.reduce((a, b) => a + b, 0);
        expect(price.total).toBe(
          price.subtotal + (price.shipping ?? 0) - price.discount + (price.taxIncluded ? 0 : (price.tax ?? 0)),
        );
        expect(sum(price.allocations.map((part) => part.amount))).toBe(price.discount);
        expect(sum(price.lines.map((part) => part.discount)) + price.shippingDiscount).toBe(price.discount);
        expect(sum(price.lines.map((part) => part.total)) + (price.shipping ?? 0) - price.shippingDiscount).toBe(
          price.total - (price.taxIncluded ? 0 : (price.tax ?? 0)),
        );
        expect(sum(price.lines.map((part) => part.tax)) + price.shippingTax).toBe(price.tax ?? 0);
        const amounts = [
          price.total,
          price.discount,
          ...price.lines.flatMap((part) => [part.discount, part.total, part.tax]),
        ];
        expect(amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
      },
    ),
  );
});
