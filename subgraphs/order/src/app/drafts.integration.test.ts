import { sql } from '@souk/postgres';
import { newContext, runInContext } from '@souk/runtime';
import type { DraftContent } from '../domain/draft.js';
import { type OrderHarness, orderHarness } from '../testing/harness.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
  h.quotes.prices.set('var_9', { unitPriceCents: 1_500 });
  h.quotes.prices.set('var_few', { unitPriceCents: 100, available: 1 });
});
afterAll(() => h.close());
beforeEach(() => {
  h.stock.state.answer = undefined;
});

const published = sql<{ type: string; actor: string }>(
  'test.published',
  `SELECT type, actor FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence, type`,
);
const steps = sql<{ step: string }>(
  'test.draftPlacements',
  `SELECT step FROM placement WHERE scope = 'draft:' || $1 ORDER BY created_at`,
);
const ADDRESS = {
  fullName: 'Ada Miller',
  streetLine1: '1 Main Street',
  city: 'Berlin',
  postalCode: '10115',
  countryCode: 'DE',
};
const content = (parts: Partial<DraftContent> = {}): DraftContent => ({
  currencyCode: 'EUR',
  locale: 'de',
  customerId: 'usr_ada',
  email: 'ada@example.com',
  lines: [{ variantId: 'var_9', quantity: 2, unitPriceCents: null, priceReason: null }],
  shippingAddress: ADDRESS,
  billingAddress: null,
  shippingMethodId: 'express',
  discount: null,
  discountReason: null,
  note: 'Telephone',
  ...parts,
});
const staff = <T>(work: () => Promise<T>) => runInContext(newContext('request', { actor: 'usr_staff' }), work);
let keys = 0;
async function draft(parts: Partial<DraftContent> = {}) {
  keys += 1;
  const result = await staff(() => h.app.createDraft(content(parts), `draft-key-${keys}`));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.draft;
}
const complete = (of: { id: string; version: number }, centAmount = 3_990) =>
  staff(() => h.app.completeDraft(of.id, of.version, { centAmount, currencyCode: 'EUR' }));
const codesOf = (result: { ok: boolean; errors?: readonly { code: string }[] }) =>
  result.ok ? 'OK' : result.errors?.map(({ code }) => code);

test('completing makes one order that waits for days, with its stock held, by the staff member who did it', async () => {
  const made = await draft();
  const before = Date.now();
  const result = await complete(made);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  const { order } = result;
  expect(order).toMatchObject({
    status: 'PENDING_PAYMENT',
    cartId: null,
    customerId: 'usr_ada',
    email: 'ada@example.com',
    locale: 'de',
    subtotalCents: 3_000,
    shippingCents: 990,
    totalCents: 3_990,
    shippingMethodName: 'Express',
  });
  expect(order.paymentDueAt.getTime() - before).toBeGreaterThan(6.9 * 86_400_000);
  expect(h.stock.reserved.has(order.id)).toBe(true);
  expect(order.timeline?.map(({ type, actor }) => [type, actor])).toEqual([
    ['PLACED', 'usr_staff'],
    ['STOCK_RESERVED', 'usr_staff'],
  ]);
  expect(await h.database.query(published, [order.id])).toEqual([{ type: 'order.placed', actor: 'usr_staff' }]);
  expect(result.draft).toMatchObject({ state: 'COMPLETED', orderId: order.id });
});

test('completing it five times at once, and again later, makes one order', async () => {
  const made = await draft();
  const answers = await Promise.all(Array.from({ length: 5 }, () => complete(made)));
  const again = await complete(made);
  const orders = [...answers, again].map((answer) => (answer.ok ? answer.order.id : codesOf(answer)));
  expect(new Set(orders).size).toBe(1);
  expect(again).toMatchObject({ ok: true, replayed: true });
});

test('a price and a discount of the staff are charged, exactly', async () => {
  const lines = [
    { variantId: 'var_9', quantity: 3, unitPriceCents: 333, priceReason: 'Ex-display' },
    { variantId: 'var_9', quantity: 1, unitPriceCents: null, priceReason: null },
  ];
  const made = await draft({ lines, discount: { centAmount: 101 }, discountReason: 'Loyal customer' });
  const result = await complete(made, 999 + 1_500 - 101 + 990);
  expect(result).toMatchObject({ ok: true, order: { discountCents: 101, totalCents: 3_388 } });
  if (!result.ok) return;
  expect(result.order.lines?.reduce((sum, line) => sum + line.discountCents, 0)).toBe(101);
});

test('a draft that costs something else than staff saw is not completed, and holds nothing', async () => {
  const made = await draft();
  const reserved = h.stock.reserved.size;
  expect(codesOf(await complete(made, 4_000))).toEqual(['PRICE_CHANGED']);
  expect(h.stock.reserved.size).toBe(reserved);
  expect(await h.app.findDrafts([made.id])).toMatchObject([{ state: 'OPEN', version: 1 }]);
  expect(codesOf(await complete(made))).toBe('OK');
});

test('what stands in the way is named, and said before as well', async () => {
  const made = await draft({
    email: null,
    shippingMethodId: null,
    lines: [{ variantId: 'var_few', quantity: 2, unitPriceCents: null, priceReason: null }],
  });
  expect(codesOf(await complete(made))).toEqual(['EMAIL_NOT_SET', 'SHIPPING_METHOD_NOT_SET']);
  const fuller = await staff(() =>
    h.app.updateDraft(made.id, 1, {
      ...made.content,
      email: 'ada@example.com',
      shippingMethodId: 'express',
      lines: [...made.content.lines, { variantId: 'var_none', quantity: 1, unitPriceCents: null, priceReason: null }],
    }),
  );
  if (!fuller.ok) throw new Error('not updated');
  const price = await h.app.priceDraft(fuller.draft);
  expect(price.problems.map(({ code }) => code)).toEqual(['INSUFFICIENT_STOCK', 'VARIANT_UNAVAILABLE']);
  expect(codesOf(await complete(fuller.draft))).toEqual(['INSUFFICIENT_STOCK', 'VARIANT_UNAVAILABLE']);
});

test('a refusal is nobody’s answer for ever: with stock again the same draft is completed', async () => {
  const made = await draft();
  h.stock.state.answer = { kind: 'SHORT', lines: [{ variantId: 'var_9', quantityAvailable: 1 }] };
  expect(codesOf(await complete(made))).toEqual(['INSUFFICIENT_STOCK']);
  h.stock.state.answer = undefined;
  expect(codesOf(await complete(made))).toBe('OK');
});

test('a draft that is changed while it is being completed makes no order, and nothing stays held', async () => {
  const made = await draft();
  const reserved = h.stock.reserved.size;
  h.stock.state.onReserve = async () => {
    h.stock.state.onReserve = undefined;
    await staff(() => h.app.updateDraft(made.id, 1, { ...made.content, note: 'changed' }));
  };
  expect(codesOf(await complete(made))).toEqual(['CONFLICT']);
  expect(h.stock.reserved.size).toBe(reserved);
  expect(await h.database.query(steps, [made.id])).toEqual([{ step: 'ABANDONED' }]);
  expect(codesOf(await complete({ ...made, version: 2 }))).toBe('OK');
});

test('two versions that are completed at once make one order', async () => {
  const made = await draft();
  const updated = await staff(() => h.app.updateDraft(made.id, 1, { ...made.content, note: 'changed' }));
  const answers = await Promise.all([complete(made), complete({ ...made, version: 2 })]);
  expect(updated.ok).toBe(true);
  expect(answers.map(codesOf)).toEqual([['CONFLICT'], 'OK']);
});

test('a process that dies while it completes a draft leaves a saga that another one finishes', async () => {
  const made = await draft();
  h.fail.stock('reserve', { after: true, times: 1 });
  expect(codesOf(await complete(made))).toEqual(['DEPENDENCY_UNAVAILABLE']);
  const again = await complete(made);
  expect(codesOf(again)).toBe('OK');
  expect(await h.app.findDrafts([made.id])).toMatchObject([{ state: 'COMPLETED' }]);
});

test('a completed draft can be neither changed nor deleted; a deleted one is gone, and deleting twice is once', async () => {
  const made = await draft();
  await complete(made);
  expect(codesOf(await h.app.updateDraft(made.id, 2, made.content))).toEqual(['CONFLICT']);
  expect(codesOf(await h.app.deleteDraft(made.id))).toEqual(['CONFLICT']);
  const other = await draft();
  expect(codesOf(await h.app.deleteDraft(other.id))).toBe('OK');
  expect(codesOf(await h.app.deleteDraft(other.id))).toBe('OK');
  expect(codesOf(await h.app.updateDraft(other.id, 2, other.content))).toEqual(['NOT_FOUND']);
  expect(codesOf(await complete(other))).toEqual(['NOT_FOUND']);
});

test('the same key makes one draft; with another input it is refused', async () => {
  const [one, two] = await Promise.all([
    staff(() => h.app.createDraft(content(), 'same-key-1')),
    staff(() => h.app.createDraft(content(), 'same-key-1')),
  ]);
  expect(one.ok && two.ok && one.draft.id === two.draft.id).toBe(true);
  const other = await staff(() => h.app.createDraft(content({ note: 'other' }), 'same-key-1'));
  expect(codesOf(other)).toEqual(['IDEMPOTENCY_KEY_REUSED']);
});

test.each([
  ['a price without a reason', { lines: [{ variantId: 'var_9', quantity: 1, unitPriceCents: 1, priceReason: null }] }],
  ['a negative price', { lines: [{ variantId: 'var_9', quantity: 1, unitPriceCents: -1, priceReason: 'x' }] }],
  ['no quantity', { lines: [{ variantId: 'var_9', quantity: 0, unitPriceCents: null, priceReason: null }] }],
  ['a discount without a reason', { discount: { percent: 10 } }],
  ['a discount of more than everything', { discount: { percent: 101 }, discountReason: 'x' }],
  ['a discount of nothing', { discount: { centAmount: 0 }, discountReason: 'x' }],
  ['no e-mail address', { email: 'ada' }],
  ['no id of a user', { customerId: 'ada' }],
  ['no locale', { locale: 'german!' }],
  ['an empty address', { shippingAddress: { ...ADDRESS, city: ' ' } }],
] satisfies [string, Partial<DraftContent>][])('%s is refused', async (_, parts) => {
  const result = await staff(() => h.app.createDraft(content(parts), 'refused-key'));
  expect(codesOf(result)).toEqual(['INVALID']);
});

test('a draft that costs nothing, such as a replacement, becomes an order that is confirmed at once', async () => {
  const lines = [{ variantId: 'var_9', quantity: 1, unitPriceCents: 0, priceReason: 'Arrived broken' }];
  h.quotes.methods.set('free', 0);
  const made = await draft({ lines, shippingMethodId: 'free' });
  const result = await complete(made, 0);
  expect(result).toMatchObject({ ok: true, order: { status: 'CONFIRMED', totalCents: 0 } });
  if (!result.ok) return;
  expect((await h.database.query(published, [result.order.id])).map(({ type }) => type)).toEqual([
    'order.placed',
    'order.confirmed',
  ]);
});

test('drafts are listed newest first, in pages, without the deleted ones', async () => {
  const [one, two, three] = [await draft(), await draft(), await draft()];
  await h.app.deleteDraft(two.id);
  const first = await h.app.listDrafts({ state: null, first: 1, after: null, totalCount: true });
  expect(first).toMatchObject({ drafts: [{ id: three.id }], hasNextPage: true });
  const after = { createdAt: three.createdAt.toISOString(), id: three.id };
  const second = await h.app.listDrafts({ state: 'OPEN', first: 1, after, totalCount: false });
  expect(second.drafts.map(({ id }) => id)).toEqual([one.id]);
  const deleted = await h.app.listDrafts({ state: 'DELETED', first: 1, after: null, totalCount: false });
  expect(deleted.drafts.map(({ id }) => id)).toEqual([two.id]);
});
