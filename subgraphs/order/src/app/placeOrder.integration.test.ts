import { newContext, runInContext } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());
afterEach(() => {
  h.cart.state.answer = undefined;
  h.stock.state.answer = undefined;
});

const EMPTY_DIFFERENCE = { orders: 0, lines: 0, timeline: 0, events: 0 };
async function difference(work: () => Promise<unknown>) {
  const before = await h.counts();
  await work();
  const after = await h.counts();
  return {
    orders: (after?.orders ?? 0) - (before?.orders ?? 0),
    lines: (after?.lines ?? 0) - (before?.lines ?? 0),
    timeline: (after?.timeline ?? 0) - (before?.timeline ?? 0),
    events: (after?.events ?? 0) - (before?.events ?? 0),
  };
}

describe('placing an order', () => {
  test('commits order, lines, timeline and order.placed together, in two statements', async () => {
    const context = newContext('request');
    const command = h.command();
    let result: Awaited<ReturnType<typeof h.app.placeOrder>> | undefined;
    const made = await difference(() =>
      runInContext(context, async () => {
        result = await h.app.placeOrder(GUEST, command);
      }),
    );
    expect(context.statements).toBe(2);
    expect(made).toEqual({ orders: 1, lines: 2, timeline: 2, events: 1 });
    if (!result?.ok) throw new Error('not placed');
    expect(result.replayed).toBe(false);
    expect(result.order).toMatchObject({ status: 'PENDING_PAYMENT', totalCents: 4_550, cartId: command.cartId });
    expect(result.order.timeline?.map((entry) => entry.traceId)).toEqual([context.traceId, context.traceId]);
    expect(await h.events(result.order.id)).toEqual(['order.placed']);
    expect(h.stock.reserved.has(result.order.id)).toBe(true);

    const [read] = await h.app.findOrders(GUEST, [result.order.id], { lines: true, timeline: true });
    expect(read).toEqual(result.order);
  });

  test('an order that costs nothing is confirmed when it is placed: nobody waits for a payment that cannot be made', async () => {
    const command = { ...h.command(), expectedTotal: { centAmount: 0, currencyCode: 'EUR' } };
    const before = h.cart.state.cart;
    h.cart.state.cart = { ...before, discountCents: 5_488, totalCents: 0, taxCents: 0 };
    const placed = await h.app.placeOrder(GUEST, command);
    h.cart.state.cart = before;
    if (!placed.ok) throw new Error('not placed');
    expect(placed.order).toMatchObject({ status: 'CONFIRMED', totalCents: 0, paymentId: null });
    expect(placed.order.timeline?.map(({ type }) => type)).toEqual(['PLACED', 'STOCK_RESERVED', 'CONFIRMED']);
    expect(await h.events(placed.order.id)).toEqual(['order.placed', 'order.confirmed']);
    const [read] = await h.app.findOrders(GUEST, [placed.order.id], { lines: true, timeline: true });
    expect(read).toEqual(placed.order);
    expect(read?.confirmedAt).toEqual(read?.placedAt);
  });

  test('pressing Place order twice, one after the other, gives one order and the same answer', async () => {
    const command = h.command();
    const first = await h.app.placeOrder(GUEST, command);
    const second = await h.app.placeOrder(GUEST, command);
    expect(first).toMatchObject({ ok: true, replayed: false });
    expect(second).toMatchObject({ ok: true, replayed: true });
    if (!first.ok || !second.ok) throw new Error('not placed');
    expect(second.order).toEqual(first.order);
    expect(await h.events(first.order.id)).toEqual(['order.placed']);
  });

  test('pressing Place order ten times at once gives one order and ten times the same answer', async () => {
    const command = h.command();
    let answers: Awaited<ReturnType<typeof h.app.placeOrder>>[] = [];
    const made = await difference(async () => {
      answers = await Promise.all(Array.from({ length: 10 }, () => h.app.placeOrder(user('usr_1'), command)));
    });
    expect(made).toEqual({ orders: 1, lines: 2, timeline: 2, events: 1 });
    expect(new Set(answers.map((answer) => answer.ok && answer.order.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.ok && !answer.replayed)).toHaveLength(1);
  });

  test('the same key with other input is refused and changes nothing', async () => {
    const command = h.command();
    await h.app.placeOrder(user('usr_1'), command);
    const made = await difference(async () => {
      const answer = await h.app.placeOrder(user('usr_1'), { ...command, cartVersion: 4 });
      expect(answer).toMatchObject({ ok: false, replayed: false, errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
    });
    expect(made).toEqual(EMPTY_DIFFERENCE);
  });

  test('the same key of another user is another key', async () => {
    const command = h.command();
    const mine = await h.app.placeOrder(user('usr_a'), command);
    const theirs = await h.app.placeOrder(user('usr_b'), { ...command, cartId: h.command().cartId });
    expect(mine.ok && theirs.ok && mine.order.id !== theirs.order.id).toBe(true);
  });

  test('a changed price places nothing, frees the cart, publishes nothing, and is remembered under the key', async () => {
    const command = h.command({ expectedTotal: { centAmount: 4_500, currencyCode: 'EUR' } });
    const refused = { code: 'PRICE_CHANGED', actual: { centAmount: 4_550 }, expected: { centAmount: 4_500 } };
    const made = await difference(async () => {
      expect(await h.app.placeOrder(GUEST, command)).toMatchObject({ ok: false, replayed: false, errors: [refused] });
      expect(await h.app.placeOrder(GUEST, command)).toMatchObject({ ok: false, replayed: true, errors: [refused] });
    });
    expect(made).toEqual(EMPTY_DIFFERENCE);
    expect(h.cart.lockedBy(command.cartId)).toBeUndefined();
    expect((await h.placement(command.idempotencyKey))?.step).toBe('REFUSED');
  });

  test('short stock names the variant and what is left, and frees the cart', async () => {
    h.stock.state.answer = { kind: 'SHORT', lines: [{ variantId: 'var_1', quantityAvailable: 1 }] };
    const command = h.command();
    const made = await difference(async () => {
      expect(await h.app.placeOrder(GUEST, command)).toEqual({
        ok: false,
        replayed: false,
        errors: [{ code: 'INSUFFICIENT_STOCK', variantId: 'var_1', quantityAvailable: 1 }],
      });
    });
    expect(made).toEqual(EMPTY_DIFFERENCE);
    expect(h.cart.lockedBy(command.cartId)).toBeUndefined();
  });

  test.each([
    ['a short key', { idempotencyKey: 'short' }, 'INVALID'],
    ['an id that is no cart', { cartId: 'ord_1' }, 'NOT_FOUND'],
    ['a negative total', { expectedTotal: { centAmount: -1, currencyCode: 'EUR' } }, 'INVALID'],
    ['an unknown currency', { expectedTotal: { centAmount: 1, currencyCode: 'QQQ' } }, 'INVALID'],
    ['a strange locale', { locale: '../../etc' }, 'INVALID'],
  ])('%s is refused before anything is stored', async (_, parts, code) => {
    const command = h.command(parts);
    const checkouts = h.cart.state.checkouts;
    expect(await h.app.placeOrder(GUEST, command)).toMatchObject({ ok: false, errors: [{ code }] });
    expect(await h.placement(command.idempotencyKey)).toBeUndefined();
    expect(h.cart.state.checkouts).toBe(checkouts);
  });
});

describe('an outage while placing', () => {
  test.each([
    ['the cart does not answer', () => h.fail.cart('checkout')],
    ['the cart acts but its answer is lost', () => h.fail.cart('checkout', { after: true })],
    ['the stock does not answer', () => h.fail.stock('reserve')],
    ['the stock acts but its answer is lost', () => h.fail.stock('reserve', { after: true })],
  ])('%s: nothing is held, and the same key tries anew and succeeds', async (_, arm) => {
    const command = h.command();
    arm();
    const failed = await h.app.placeOrder(GUEST, command);
    expect(failed).toMatchObject({ ok: false, errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    const abandoned = await h.placement(command.idempotencyKey);
    expect(abandoned?.step).toBe('ABANDONED');
    expect(h.cart.lockedBy(command.cartId)).toBeUndefined();
    expect(h.stock.reserved.has(String(abandoned?.order_id))).toBe(false);
    expect(await h.events(String(abandoned?.order_id))).toEqual([]);

    const again = await h.app.placeOrder(GUEST, command);
    expect(again).toMatchObject({ ok: true, replayed: false });
    expect(again.ok && again.order.id).not.toBe(abandoned?.order_id);
  });

  test('what cannot be undone at once is undone by the sweeper, and meanwhile the key is in progress', async () => {
    const command = h.command();
    h.fail.stock('reserve', { after: true });
    h.fail.stock('release', { times: 2 });
    await h.app.placeOrder(GUEST, command);
    const undoing = await h.placement(command.idempotencyKey);
    expect(undoing?.step).toBe('UNDOING');
    expect(h.stock.reserved.has(String(undoing?.order_id))).toBe(true);
    expect(await h.app.placeOrder(GUEST, command)).toMatchObject({ ok: false, errors: [{ code: 'CONFLICT' }] });

    await h.endLeases();
    await h.app.resumePlacements();
    expect((await h.placement(command.idempotencyKey))?.step).toBe('UNDOING');
    await h.endLeases();
    await h.app.resumePlacements();
    expect((await h.placement(command.idempotencyKey))?.step).toBe('ABANDONED');
    expect(h.stock.reserved.has(String(undoing?.order_id))).toBe(false);
  });
});

describe('a crash while placing', () => {
  /** The process dies at this step: its database goes away for it, so nothing after it happens. */
  test.each([
    ['right after the claim', () => h.fail.cart('checkout', { after: false })],
    ['after the cart was locked', () => h.fail.stock('reserve', { after: false })],
    ['after the stock was reserved', () => h.fail.placements('commit', { after: false })],
  ])('%s: the sweeper finishes the order, under the same id', async (_, arm) => {
    const command = h.command();
    arm();
    h.fail.placements('startUndo', { times: 1 });
    await expect(h.app.placeOrder(GUEST, command)).rejects.toThrow();
    const orphan = await h.placement(command.idempotencyKey);
    expect(orphan?.step).toBe('RUNNING');
    expect(await h.app.resumePlacements()).toBe(0);

    h.fail.placements('startUndo', { times: 0 });
    await h.endLeases();
    expect(await h.app.resumePlacements()).toBe(1);
    expect((await h.placement(command.idempotencyKey))?.step).toBe('PLACED');
    const answer = await h.app.placeOrder(GUEST, command);
    expect(answer).toMatchObject({ ok: true, replayed: true });
    expect(answer.ok && answer.order.id).toBe(orphan?.order_id);
    expect(await h.events(String(orphan?.order_id))).toEqual(['order.placed']);
  });

  test('after the commit, with the answer lost: the same key finds the order', async () => {
    const command = h.command();
    h.fail.placements('commit', { after: true });
    await expect(h.app.placeOrder(GUEST, command)).rejects.toThrow();
    expect(await h.app.placeOrder(GUEST, command)).toMatchObject({ ok: true, replayed: true });
    expect(await h.events(String((await h.placement(command.idempotencyKey))?.order_id))).toEqual(['order.placed']);
  });

  test('a retry of the customer takes a dead placement over without waiting for the sweeper', async () => {
    const command = h.command();
    h.fail.placements('commit');
    await expect(h.app.placeOrder(GUEST, command)).rejects.toThrow();
    await h.endLeases();
    expect(await h.app.placeOrder(GUEST, command)).toMatchObject({ ok: true, replayed: false });
    expect((await h.placement(command.idempotencyKey))?.attempts).toBe(1);
  });

  test('after the undo began: it is undone, never placed', async () => {
    const command = h.command({ expectedTotal: { centAmount: 1, currencyCode: 'EUR' } });
    h.fail.placements('endRefused');
    await expect(h.app.placeOrder(GUEST, command)).rejects.toThrow();
    expect((await h.placement(command.idempotencyKey))?.step).toBe('UNDOING');
    await h.endLeases();
    await h.app.resumePlacements();
    expect((await h.placement(command.idempotencyKey))?.step).toBe('REFUSED');
    expect(await h.app.placeOrder(GUEST, command)).toMatchObject({ ok: false, replayed: true });
  });

  test('two sweepers never run one placement twice', async () => {
    const commands = Array.from({ length: 10 }, () => h.command());
    for (const command of commands) {
      h.fail.placements('commit');
      await expect(h.app.placeOrder(GUEST, command)).rejects.toThrow();
    }
    await h.endLeases();
    const [first, second] = await Promise.all([h.app.resumePlacements(), h.app.resumePlacements()]);
    expect(first + second).toBe(10);
    for (const { idempotencyKey } of commands) {
      const placement = await h.placement(idempotencyKey);
      expect(placement).toMatchObject({ step: 'PLACED', attempts: 1 });
      expect(await h.events(String(placement?.order_id))).toEqual(['order.placed']);
    }
  });
});
