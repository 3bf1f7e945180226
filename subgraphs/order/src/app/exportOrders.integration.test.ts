import { sql } from '@souk/postgres';
import { newContext, runInContext } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';
import { checkedOutCart } from '../testing/samples.js';
import type { OrderFilter } from './ports.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());

const endLinks = sql('test.endLinks', `UPDATE order_export SET expires_at = now() - interval '1 second'`);
const links = sql<{ created_by: string; hash: string }>(
  'test.links',
  `SELECT created_by, encode(token_hash, 'base64') AS hash FROM order_export`,
);
const copies = sql(
  'test.copies',
  `WITH copied AS (
     INSERT INTO orders (id, number, status, cart_id, email, locale, currency_code, subtotal_cents, discount_cents, shipping_cents,
       tax_cents, tax_included, total_cents, shipping_address, shipping_method_id, shipping_method_name, payment_due_at, placed_at)
     SELECT 'ord_copy' || n, 'COPY-' || n, 'EXPIRED', 'crt_x', 'copy@example.com', 'en', 'EUR', 100, 0, 0, 16, true, 100, '{"fullName":"A","city":"B","countryCode":"DE"}',
       'standard', 'Standard', now(), '2020-01-01'::timestamptz + (n / 3) * interval '1 second' FROM generate_series(1, $1) AS n
     RETURNING id)
   INSERT INTO order_line (id, order_id, position, variant_id, product_name, sku, quantity, unit_price_cents, discount_cents, tax_cents, total_cents)
   SELECT 'oln_' || id, id, 0, 'var_1', 'Lamp', 'COPY', 1, 100, 0, 16, 100 FROM copied`,
);

async function placed(parts: Parameters<typeof checkedOutCart>[0] = {}, viewer = GUEST) {
  h.cart.state.cart = checkedOutCart(parts);
  const result = await h.app.placeOrder(viewer, h.command());
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.order;
}
async function download(filter: OrderFilter, format: 'CSV' | 'JSON_LINES' = 'CSV') {
  const { token } = await h.app.createExport(filter, format);
  const opened = await h.app.openExport(token);
  let text = '';
  let pieces = 0;
  for await (const piece of opened?.text ?? []) {
    text += piece;
    pieces += 1;
  }
  return { text, pieces };
}
const lamp = checkedOutCart().lines[0];

test('one row per order line, amounts in units of the currency', async () => {
  const order = await placed();
  const { text } = await download({ search: order.number });
  const [header, first, second, end] = text.split('\r\n');
  expect(header).toMatch(/^\uFEFForderNumber,orderId,status,fulfillmentStatus,placedAt,/);
  expect(first).toBe(
    `${order.number},${order.id},PENDING_PAYMENT,UNFULFILLED,${order.placedAt.toISOString()},,,ada@example.com,Ada Miller,Berlin,10115,DE,` +
      'Standard,EUR,LAMP-G,Lamp,Green,2,0,0,19.99,0.18,6.35,39.80,49.98,9.38,4.90,7.27,45.50',
  );
  expect(second).toContain(',BULB,Bulb,,1,0,0,10.00,');
  expect(end).toBe('');
});

test.each(['=HYPERLINK("http://evil.example")', '+1', '-1+1', '@SUM(A1)', '\tx', '=1;2'])(
  'what a spreadsheet would run is text: %j',
  async (evil) => {
    if (lamp === undefined) throw new Error('the sample has a line');
    const order = await placed({
      lines: [{ ...lamp, productName: evil, quantity: 1, unitPriceCents: 4_550, discountCents: 0, totalCents: 4_550 }],
      subtotalCents: 4_550,
      discountCents: 0,
      shippingCents: 0,
    });
    const { text } = await download({ search: order.number });
    const cell = `'${evil}`;
    expect(text).toContain(/[",;]/.test(evil) ? `,"${cell.replaceAll('"', '""')}",` : `,${cell},`);
  },
);

test('the same as JSON lines', async () => {
  const order = await placed();
  const { text } = await download({ search: order.number }, 'JSON_LINES');
  const rows = text
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row) as Record<string, unknown>);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    orderId: order.id,
    sku: 'LAMP-G',
    quantity: 2,
    lineTotal: '39.80',
    variantName: 'Green',
  });
});

test('thousands of orders are read in pages as they are sent, each once', async () => {
  await h.database.query(copies, [1_201]);
  const context = newContext('request');
  const { text, pieces } = await runInContext(context, () => download({ search: 'copy@example.com' }));
  const numbers = text
    .split('\r\n')
    .slice(1, -1)
    .map((row) => row.split(',')[0]);
  expect(numbers).toHaveLength(1_201);
  expect(new Set(numbers).size).toBe(1_201);
  expect(pieces).toBe(1 + 3);
  expect(context.statements).toBe(2 + 3 * 2);
});

test('a link ends, and an unknown one opens nothing; only the hash of its secret is kept, and who asked', async () => {
  const context = newContext('request', { actor: 'usr_staff' });
  const { token, expiresAt } = await runInContext(context, () => h.app.createExport({}, 'CSV'));
  expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(600_000);
  const rows = await h.database.query(links);
  expect(rows.at(-1)?.created_by).toBe('usr_staff');
  expect(JSON.stringify(rows)).not.toContain(token);
  expect(await h.app.openExport(token)).toBeDefined();
  expect(await h.app.openExport(`${token.slice(0, -1)}_`)).toBeUndefined();
  await h.database.query(endLinks);
  expect(await h.app.openExport(token)).toBeUndefined();
});

describe('filters', () => {
  const ids = async (filter: OrderFilter) =>
    (
      await h.app.listOrders({
        filter,
        first: 50,
        after: null,
        totalCount: true,
        parts: { lines: false, timeline: false },
      })
    ).orders.map(({ id }) => id);

  test('find orders by SKU, number, e-mail address, fulfilment, time and total, alone and together', async () => {
    if (lamp === undefined) throw new Error('the sample has a line');
    const viewer = user('usr_filter');
    const sku = 'RARE-1';
    const amounts = { subtotalCents: 9_000, discountCents: 0, shippingCents: 0, taxCents: 1_437, totalCents: 9_000 };
    const lines = [{ ...lamp, sku, quantity: 1, unitPriceCents: 9_000, discountCents: 0, totalCents: 9_000 }];
    h.cart.state.cart = checkedOutCart({ ...amounts, lines, email: 'rare@example.com' });
    const result = await h.app.placeOrder(
      viewer,
      h.command({ expectedTotal: { centAmount: 9_000, currencyCode: 'EUR' } }),
    );
    if (!result.ok) throw new Error(JSON.stringify(result.errors));
    const { id, number, placedAt } = result.order;
    const all: OrderFilter[] = [
      { search: sku },
      { search: number },
      { search: number.slice(0, -1) },
      { search: 'rare@example.com' },
      { totalFromCents: 9_000, currencyCode: 'EUR' },
      { customerId: 'usr_filter', fulfillmentStatus: 'UNFULFILLED', status: 'PENDING_PAYMENT' },
      { search: sku, placedAfter: placedAt, totalToCents: 9_000 },
    ];
    for (const filter of all) expect([filter, await ids(filter)]).toEqual([filter, [id]]);
    const none: OrderFilter[] = [
      { search: sku, fulfillmentStatus: 'FULFILLED' },
      { search: sku, totalToCents: 8_999 },
      { search: sku, totalFromCents: 9_001 },
      { search: sku, currencyCode: 'USD' },
      { search: sku, placedBefore: placedAt },
      { search: 'RARE' },
    ];
    for (const filter of none) expect([filter, await ids(filter)]).toEqual([filter, []]);

    const history = { first: 5, after: null, status: null, totalCount: true, lines: false, timeline: false };
    const mine = async (filter: Omit<OrderFilter, 'status' | 'customerId'>) =>
      (await h.app.ordersOfCustomers(['usr_filter', 'usr_none'], { ...history, filter })).map((page) => [
        page.totalCount,
        page.orders.map((order) => order.id),
      ]);
    for (const filter of [{ search: sku }, { search: number.toLowerCase() }, { totalFromCents: 9_000 }, {}]) {
      expect(await mine(filter)).toEqual([
        [1, [id]],
        [0, []],
      ]);
    }
    expect((await mine({ search: 'OTHER' }))[0]).toEqual([0, []]);
    expect((await mine({ placedBefore: placedAt }))[0]).toEqual([0, []]);
  });
});

describe('reordering', () => {
  test('puts what is left of an order into a new cart of the viewer, and names what is gone', async () => {
    const viewer = user('usr_again');
    const order = await placed({}, viewer);
    h.refills.state.answer = { kind: 'REFILLED', cartId: 'crt_again', skipped: ['var_2'], reduced: ['var_1'] };
    expect(await h.app.reorder(viewer, order.id)).toMatchObject({
      ok: true,
      cartId: 'crt_again',
      skipped: [{ sku: 'BULB' }],
      reduced: [{ sku: 'LAMP-G' }],
    });
    expect(h.refills.asked.at(-1)).toEqual({
      customerId: 'usr_again',
      currencyCode: 'EUR',
      countryCode: 'DE',
      email: 'ada@example.com',
      lines: [
        { variantId: 'var_1', quantity: 2 },
        { variantId: 'var_2', quantity: 1 },
      ],
    });
  });

  test.each([
    ['a guest', GUEST],
    ['another user', user('usr_eve')],
  ])("%s cannot reorder a user's order", async (_, viewer) => {
    const order = await placed({}, user('usr_again'));
    const asked = h.refills.asked.length;
    expect(await h.app.reorder(viewer, order.id)).toMatchObject({ ok: false, errors: [{ code: 'NOT_FOUND' }] });
    expect(h.refills.asked).toHaveLength(asked);
  });
});
