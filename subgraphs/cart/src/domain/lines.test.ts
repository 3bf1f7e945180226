import type { Cart, CartLine, VariantQuote } from './cart.js';
import { addLines, mergeLines, requote } from './lines.js';

const at = new Date(0);
const line = (variantId: string, quantity: number): CartLine => ({
  id: `cln_${variantId}`,
  variantId,
  productId: 'prd_1',
  productName: 'Teapot',
  variantName: null,
  sku: variantId,
  imageUrl: null,
  quantity,
  unitPrice: 100,
  unitPriceWhenAdded: 100,
  weightGrams: null,
});
const cart = (lines: CartLine[], currencyCode = 'EUR'): Cart => ({
  id: 'crt_1',
  customerId: null,
  status: 'ACTIVE',
  version: 1,
  currencyCode,
  countryCode: null,
  email: null,
  shippingAddress: null,
  billingAddress: null,
  shippingMethodId: null,
  discountCodes: [],
  note: null,
  lines,
  mergedIntoId: null,
  createdAt: at,
  updatedAt: at,
  expiresAt: at,
});
const quote = (variantId: string, part: Partial<VariantQuote> = {}): [string, VariantQuote] => [
  variantId,
  {
    variantId,
    productId: 'prd_1',
    productName: 'Teapot',
    variantName: null,
    sku: variantId,
    imageUrl: null,
    unitPrice: { centAmount: 250, currencyCode: 'EUR' },
    purchasable: true,
    quantityAvailable: 1_000,
    weightGrams: null,
    ...part,
  },
];
const newId = () => 'cln_new';

test('a merge adds quantities up to the limit per line and to 250 lines, and loses nothing that was there', () => {
  const full = Array.from({ length: 249 }, (_, index) => line(`var_${index}`, 1));
  const merged = mergeLines(cart(full), cart([line('var_0', 999), line('var_new', 2), line('var_too_many', 1)]), newId);
  expect(merged.lines).toHaveLength(250);
  expect(merged.lines[0]?.quantity).toBe(999);
  expect(merged.lines.at(-1)).toMatchObject({ id: 'cln_new', variantId: 'var_new', quantity: 2 });
});

test('a guest cart of another currency stays behind, unless the own cart is empty', () => {
  const own = cart([line('var_1', 1)]);
  const foreign = cart([line('var_2', 1)], 'USD');
  expect(mergeLines(own, foreign, newId)).toBe(own);
  expect(mergeLines(cart([]), foreign, newId)).toMatchObject({ currencyCode: 'USD', lines: [{ variantId: 'var_2' }] });
});

test('a line is never priced by a quote that is off sale, in another currency, or beyond what can be summed', () => {
  const before = cart([line('var_1', 1)]);
  const refused = [
    { purchasable: false },
    { unitPrice: { centAmount: 1, currencyCode: 'USD' } },
    { unitPrice: { centAmount: -1, currencyCode: 'EUR' } },
    { unitPrice: { centAmount: Number.MAX_SAFE_INTEGER, currencyCode: 'EUR' } },
  ];
  for (const part of refused) {
    const quotes = new Map([quote('var_1', part)]);
    expect(requote(before, quotes)).toEqual(before);
    expect(addLines(before, [{ variantId: 'var_1', quantity: 1 }], quotes, newId, [])).toMatchObject({ ok: false });
  }
  expect(requote(before, new Map([quote('var_1')])).lines).toMatchObject([{ unitPrice: 250, unitPriceWhenAdded: 100 }]);
});

test('a cart that is worth more than can be summed safely is refused', () => {
  const quotes = new Map([quote('var_1', { unitPrice: { centAmount: 10_000_000_000, currencyCode: 'EUR' } })]);
  expect(addLines(cart([]), [{ variantId: 'var_1', quantity: 999 }], quotes, newId, ['lines'])).toMatchObject({
    ok: false,
    errors: [{ code: 'QUANTITY_LIMIT', field: ['lines'] }],
  });
});
