import { type CartFixture, guest, service, staff, startCartFixture, user } from './testing/cartFixture.js';

let shop: CartFixture;
beforeAll(async () => {
  shop = await startCartFixture();
});
afterAll(async () => {
  await shop?.close();
});
beforeEach(() => {
  shop.product.down = false;
  shop.catalogue.clear();
  shop.catalogue.set('var_tea', { price: 1_999 });
  shop.catalogue.set('var_cup', { price: 500, stock: 3 });
  shop.catalogue.set('var_old', { price: 700, purchasable: false });
});

const QUOTE = `query Quote($input: LinesQuoteInput!) {
  quoteLines(input: $input) {
    refusal { code }
    quote {
      lines { variantId unitPriceCentAmount quantity discountCentAmount taxCentAmount totalCentAmount forSale quantityAvailable }
      subtotalCentAmount discountCentAmount taxCentAmount taxBasisPoints taxIncluded totalCentAmount shippingTaxCentAmount
      shippingMethod { id priceCentAmount } shippingMethods { id }
    }
  }
}`;
interface Quoted {
  quoteLines: {
    refusal: { code: string } | null;
    quote: {
      lines: (Record<string, number | string | boolean> | null)[];
      subtotalCentAmount: number;
      discountCentAmount: number;
      taxCentAmount: number;
      totalCentAmount: number;
      shippingMethod: { id: string; priceCentAmount: number } | null;
      shippingMethods: unknown[];
    } | null;
  };
}
const REFILL = `mutation Refill($input: CartRefillInput!) {
  cartRefill(input: $input) { cartId skippedVariantIds reducedVariantIds refusal { code } }
}`;
interface Refilled {
  cartRefill: {
    cartId: string | null;
    skippedVariantIds: string[];
    reducedVariantIds: string[];
    refusal: { code: string } | null;
  };
}
const order = () => shop.as(service('order'));
const input = (parts: object = {}) => ({
  currencyCode: 'EUR',
  countryCode: 'DE',
  lines: [
    { variantId: 'var_tea', quantity: 2 },
    { variantId: 'var_cup', quantity: 1, unitPriceCentAmount: 333 },
  ],
  ...parts,
});
const refill = (lines: object[]) => ({
  input: { customerId: 'usr_ada', currencyCode: 'EUR', countryCode: 'DE', email: 'ada@example.com', lines },
});

test('lines are priced by the catalogue or by staff, with the tax of the country, and the sums add up', async () => {
  const { quote } = (
    await order().request<Quoted>(QUOTE, { input: input({ shippingMethodId: 'standard', discountPercent: 10 }) })
  ).quoteLines;
  expect(quote?.lines).toMatchObject([
    { variantId: 'var_tea', unitPriceCentAmount: 1_999, quantity: 2, discountCentAmount: 400, totalCentAmount: 3_598 },
    { variantId: 'var_cup', unitPriceCentAmount: 333, quantity: 1, discountCentAmount: 33, totalCentAmount: 300 },
  ]);
  const shipping = quote?.shippingMethod?.priceCentAmount ?? Number.NaN;
  expect(quote).toMatchObject({
    subtotalCentAmount: 4_331,
    discountCentAmount: 433,
    taxBasisPoints: 1_900,
    taxIncluded: true,
    totalCentAmount: 4_331 - 433 + shipping,
  });
});

test('an amount is taken off exactly, whatever the lines', async () => {
  const { quote } = (await order().request<Quoted>(QUOTE, { input: input({ discountCentAmount: 101 }) })).quoteLines;
  expect(quote?.discountCentAmount).toBe(101);
  expect(quote?.lines.reduce((sum, line) => sum + Number(line?.discountCentAmount), 0)).toBe(101);
});

test('automatic promotions do not touch what staff price', async () => {
  await shop
    .as(staff)
    .request(
      `mutation { promotionCreate(input: { name: "All", kind: PERCENT_OFF_ORDER, value: 50 }) { userErrors { code } } }`,
    );
  const { quote } = (await order().request<Quoted>(QUOTE, { input: input() })).quoteLines;
  expect(quote?.discountCentAmount).toBe(0);
});

test('what is not for sale is priced and marked; what is unknown is null', async () => {
  const lines = [
    { variantId: 'var_old', quantity: 1 },
    { variantId: 'var_none', quantity: 1 },
  ];
  const { quote } = (await order().request<Quoted>(QUOTE, { input: input({ lines }) })).quoteLines;
  expect(quote?.lines).toMatchObject([{ variantId: 'var_old', totalCentAmount: 700, forSale: false }, null]);
  expect(quote?.totalCentAmount).toBe(700);
});

test('while the catalogue is away nothing is quoted and no cart is made', async () => {
  shop.product.down = true;
  expect((await order().request<Quoted>(QUOTE, { input: input() })).quoteLines).toEqual({
    quote: null,
    refusal: { code: 'DEPENDENCY_UNAVAILABLE' },
  });
  const made = await order().request<Refilled>(REFILL, refill([{ variantId: 'var_tea', quantity: 1 }]));
  expect(made.cartRefill).toMatchObject({ cartId: null, refusal: { code: 'DEPENDENCY_UNAVAILABLE' } });
});

test('a refilled cart is the customer’s, has the prices of today, and what cannot be bought any more is named', async () => {
  const lines = [
    { variantId: 'var_tea', quantity: 1 },
    { variantId: 'var_tea', quantity: 2 },
    { variantId: 'var_cup', quantity: 5 },
    { variantId: 'var_old', quantity: 1 },
    { variantId: 'var_none', quantity: 1 },
  ];
  const { cartRefill } = await order().request<Refilled>(REFILL, refill(lines));
  expect(cartRefill).toMatchObject({
    skippedVariantIds: ['var_old', 'var_none'],
    reducedVariantIds: ['var_cup'],
    refusal: null,
  });
  const read = `query($id: ID!) { cart(id: $id) { lines { sku quantity unitPrice { centAmount } } } }`;
  const own = await shop.as(user('ada')).request<{ cart: { lines: object[] } }>(read, { id: cartRefill.cartId });
  expect(own.cart.lines).toMatchObject([
    { quantity: 3, unitPrice: { centAmount: 1_999 } },
    { quantity: 3, unitPrice: { centAmount: 500 } },
  ]);
  const other = await shop.as(user('eve')).request<{ cart: null }>(read, { id: cartRefill.cartId });
  expect(other.cart).toBeNull();
});

test('a cart of nothing is not made', async () => {
  const { cartRefill } = await order().request<Refilled>(REFILL, refill([{ variantId: 'var_none', quantity: 1 }]));
  expect(cartRefill).toEqual({
    cartId: null,
    skippedVariantIds: ['var_none'],
    reducedVariantIds: [],
    refusal: null,
  });
});

test.each([
  ['a guest', guest],
  ['a user', user('ada')],
  ['staff', staff],
  ['another service', service('payment')],
])('%s may neither quote nor refill', async (_, viewer) => {
  await expect(shop.as(viewer).request(QUOTE, { input: input() })).rejects.toThrow(/FORBIDDEN|UNAUTHENTICATED/);
  await expect(shop.as(viewer).request(REFILL, refill([]))).rejects.toThrow(/FORBIDDEN|UNAUTHENTICATED/);
});
