import { add, captured, command, type EditHarness, editHarness, lower, STAFF } from '../testing/editHarness.js';

let h: EditHarness;
beforeAll(async () => {
  h = await editHarness();
});
afterAll(() => h.close());
beforeEach(() => {
  h.stock.state.answer = undefined;
});

describe('a dry run', () => {
  test('answers lines, totals and difference, and changes, holds and publishes nothing', async () => {
    const order = await h.confirmed();
    const before = await h.stateOf(order.id);
    const held = h.stock.reserved.size;
    const result = await h.edit(order, { ...add(), ...lower(order) }, { dryRun: true });
    expect(result).toMatchObject({ edit: null, plan: { after: { totalCents: 4_550 + 3_000 - 1_990 } } });
    expect(result.plan.lines.map(({ quantityBefore, quantity }) => [quantityBefore, quantity])).toEqual([
      [2, 1],
      [0, 2],
    ]);
    expect(await h.stateOf(order.id)).toEqual(before);
    expect(h.stock.reserved.size).toBe(held);
  });
});

describe('an order that is not paid', () => {
  test('is changed at once; what was added is held under the edit, what was removed is given back', async () => {
    const order = await h.placed();
    const { edit: made } = await h.edit(order, { ...add(), ...lower(order) });
    expect(made?.state).toBe('APPLIED');
    const after = await h.read(order.id);
    expect(after).toMatchObject({
      status: 'PENDING_PAYMENT',
      totalCents: 5_560,
      extraStockIds: [made?.id],
      version: 2,
    });
    expect(after?.lines?.map(({ variantId, quantity }) => [variantId, quantity])).toEqual([
      ['var_1', 1],
      ['var_2', 1],
      ['var_9', 2],
    ]);
    expect(h.stock.reserved.has(made?.id ?? '')).toBe(true);
    const [, edited, ...more] = await h.eventsOf(order.id);
    expect(more).toEqual([]);
    expect(edited).toEqual({
      type: 'order.edited',
      data: {
        orderId: order.id,
        number: order.number,
        customerId: null,
        editId: made?.id,
        removed: [{ variantId: 'var_1', quantity: 1 }],
        stockIds: [order.id, made?.id],
        soldStockIds: [],
        totalCentAmount: 5_560,
        previousTotalCentAmount: 4_550,
        currencyCode: 'EUR',
      },
    });
    expect(await h.typesOf(order.id)).toEqual(['PLACED', 'STOCK_RESERVED', 'EDITED']);
  });

  test('is confirmed by its new price, with all that it holds', async () => {
    const order = await h.placed();
    const { edit: made } = await h.edit(order, add());
    await h.app.applyCapture(captured(order.id, { centAmount: 7_550 }));
    const confirmation = (await h.eventsOf(order.id)).find(({ type }) => type === 'order.confirmed');
    expect(confirmation?.data).toMatchObject({ stockIds: [order.id, made?.id], totalCentAmount: 7_550 });
  });

  test('made cheaper while the old price was on its way: it is paid, and the difference goes back, in either order', async () => {
    const early = await h.placed();
    await h.edit(early, lower(early));
    await h.app.applyCapture(captured(early.id));
    expect(await h.read(early.id)).toMatchObject({ status: 'CONFIRMED', totalCents: 2_560 });
    expect((await h.eventsOf(early.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_1', centAmount: 1_990, reason: 'ORDER_EDITED' },
    });

    const late = await h.confirmed();
    await h.edit(late, lower(late));
    expect(await h.read(late.id)).toMatchObject({ status: 'CONFIRMED', totalCents: 2_560 });
    expect((await h.eventsOf(late.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_1', centAmount: 1_990, reason: 'ORDER_EDITED' },
    });
  });

  test('made dearer while the old price was on its way: it goes back, and the order waits for a new payment of its own', async () => {
    const order = await h.placed();
    await h.edit(order, add());
    await h.app.applyCapture(captured(order.id));
    const waiting = await h.read(order.id);
    expect(waiting).toMatchObject({ status: 'PENDING_PAYMENT', paymentId: null, totalCents: 7_550 });
    expect(waiting?.paymentPurposeId).toMatch(/^oed_/);
    expect((await h.eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_1', centAmount: 4_550, reason: 'AMOUNT_MISMATCH' },
    });
    const second = { paymentId: 'pay_2', purposeId: waiting?.paymentPurposeId ?? '', centAmount: 7_550 };
    await h.app.applyCapture(captured(order.id, second));
    expect(await h.read(order.id)).toMatchObject({ status: 'CONFIRMED', paymentId: 'pay_2' });
    expect((await h.eventsOf(order.id)).at(-1)?.type).toBe('order.confirmed');
  });

  test('that expires gives back all that it holds, and a late payment sells all of it', async () => {
    const order = await h.placed();
    const { edit: made } = await h.edit(order, add());
    await h.makeOverdue(order.id);
    await h.app.expireOrders();
    expect((await h.eventsOf(order.id)).at(-1)?.data).toMatchObject({ stockIds: [order.id, made?.id] });
    await h.app.applyCapture(captured(order.id, { centAmount: 7_550 }));
    expect(h.stock.sold.has(order.id) && h.stock.sold.has(made?.id ?? '')).toBe(true);
    expect(await h.read(order.id)).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('the idempotency key', () => {
  test('pressed five times at once, one edit is made', async () => {
    const order = await h.placed();
    const wanted = command(order, add());
    const answers = await Promise.all(Array.from({ length: 5 }, () => h.app.editOrder(STAFF, wanted)));
    expect(answers.filter((answer) => answer.ok || answer.errors[0]?.code === 'CONFLICT')).toHaveLength(5);
    expect(await h.app.editOrder(STAFF, wanted)).toMatchObject({
      ok: true,
      replayed: true,
      edit: { state: 'APPLIED' },
    });
    expect((await h.stateOf(order.id))?.states).toEqual(['APPLIED']);
    expect(await h.eventsOf(order.id)).toHaveLength(2);
  });

  test('with another input is refused', async () => {
    const order = await h.placed();
    await h.edit(order, add());
    const other = await h.app.editOrder(STAFF, command(order, add(3)));
    expect(other).toMatchObject({ ok: false, errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });

  test('a refusal is remembered; an outage is not, and the same key tries anew', async () => {
    const order = await h.placed();
    const few = { addLines: [{ variantId: 'var_few', quantity: 2 }] };
    const refused = await h.app.editOrder(STAFF, command(order, few, { idempotencyKey: 'few-key-1' }));
    expect(refused).toMatchObject({ ok: false, errors: [{ code: 'INSUFFICIENT_STOCK', quantityAvailable: 1 }] });
    const again = await h.app.editOrder(STAFF, command(order, few, { idempotencyKey: 'few-key-1' }));
    expect(again).toMatchObject({ ok: false, replayed: true, errors: [{ code: 'INSUFFICIENT_STOCK' }] });

    h.fail.quotes('quote');
    const away = await h.app.editOrder(STAFF, command(order, add(), { idempotencyKey: 'away-key-1' }));
    expect(away).toMatchObject({ ok: false, errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    expect(await h.app.editOrder(STAFF, command(order, add(), { idempotencyKey: 'away-key-1' }))).toMatchObject({
      ok: true,
    });
  });
});

describe('what is refused', () => {
  test('changes, holds and publishes nothing', async () => {
    const order = await h.confirmed();
    const before = await h.stateOf(order.id);
    const refused = [
      await h.app.editOrder(STAFF, command({ ...order, version: 1 }, add(), { idempotencyKey: 'refused-1' })),
      await h.app.editOrder(STAFF, command(order, {}, { idempotencyKey: 'refused-2' })),
      await h.app.editOrder(
        STAFF,
        command(order, { addLines: [{ variantId: 'var_none', quantity: 1 }] }, { idempotencyKey: 'refused-3' }),
      ),
      await h.app.editOrder(STAFF, command(order, add(0), { idempotencyKey: 'refused-4' })),
      await h.app.editOrder(STAFF, command({ ...order, id: 'ord_none' }, add(), { idempotencyKey: 'refused-5' })),
      await h.app.editOrder(STAFF, command(order, add(), { idempotencyKey: 'short' })),
    ];
    expect(refused.map((result) => (result.ok ? 'OK' : result.errors[0]?.code))).toEqual([
      'CONFLICT',
      'INVALID',
      'VARIANT_UNAVAILABLE',
      'INVALID',
      'NOT_FOUND',
      'INVALID',
    ]);
    const after = await h.stateOf(order.id);
    expect({ ...after, states: null }).toEqual({ ...before, states: null });
    expect(after?.states).toEqual(['REFUSED', 'REFUSED', 'REFUSED']);
  });

  test('stock that was sold meanwhile refuses the edit, and nothing stays held', async () => {
    const order = await h.placed();
    h.stock.state.answer = { kind: 'SHORT', lines: [{ variantId: 'var_9', quantityAvailable: 1 }] };
    const result = await h.app.editOrder(STAFF, command(order, add()));
    expect(result).toMatchObject({ ok: false, errors: [{ code: 'INSUFFICIENT_STOCK' }] });
    expect((await h.stateOf(order.id))?.states).toEqual(['REFUSED']);
    expect(await h.eventsOf(order.id)).toHaveLength(1);
  });
});

describe('when something breaks', () => {
  test('a reservation whose answer is lost is given back', async () => {
    const order = await h.placed();
    const reserved = h.stock.reserved.size;
    h.fail.stock('reserve', { after: true });
    const result = await h.app.editOrder(STAFF, command(order, add()));
    expect(result).toMatchObject({ ok: false, errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    expect(h.stock.reserved.size).toBe(reserved);
    expect((await h.stateOf(order.id))?.states).toEqual(['ABANDONED']);
    expect(await h.app.editOrder(STAFF, command(order, add()))).toMatchObject({ ok: true, replayed: false });
  });

  test('what cannot be given back now is given back by the sweeper', async () => {
    const order = await h.placed();
    const reserved = h.stock.reserved.size;
    h.fail.stock('reserve', { after: true });
    h.fail.stock('release', { times: 1 });
    await h.app.editOrder(STAFF, command(order, add()));
    expect(h.stock.reserved.size).toBe(reserved + 1);
    expect((await h.stateOf(order.id))?.states).toEqual(['UNDOING']);
    await h.endEditLeases();
    expect(await h.app.resumeEdits()).toBe(1);
    expect(h.stock.reserved.size).toBe(reserved);
    expect((await h.stateOf(order.id))?.states).toEqual(['ABANDONED']);
  });

  test('a process that dies before the edit is written holds nothing after the sweeper came by, and changes nothing later', async () => {
    const order = await h.placed();
    let reserve: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      h.stock.state.onReserve = () => {
        resolve();
        return new Promise<void>((go) => {
          reserve = go;
        });
      };
    });
    const running = h.app.editOrder(STAFF, command(order, add()));
    await reached;
    h.stock.state.onReserve = undefined;
    await h.endEditLeases();
    await Promise.all([h.app.resumeEdits(), h.app.resumeEdits()]);
    reserve();
    expect(await running).toMatchObject({ ok: false });
    expect((await h.stateOf(order.id))?.states).toEqual(['ABANDONED']);
    expect(await h.read(order.id)).toMatchObject({ version: 1, totalCents: 4_550, extraStockIds: [] });
    expect(await h.eventsOf(order.id)).toHaveLength(1);
  });

  test('an order that is paid while it is being edited is not changed behind the payment', async () => {
    const order = await h.placed();
    h.stock.state.onReserve = () => h.app.applyCapture(captured(order.id));
    const result = await h.app.editOrder(STAFF, command(order, add()));
    h.stock.state.onReserve = undefined;
    expect(result).toMatchObject({ ok: false, errors: [{ code: 'CONFLICT' }] });
    expect(await h.read(order.id)).toMatchObject({ status: 'CONFIRMED', totalCents: 4_550, extraStockIds: [] });
    expect((await h.stateOf(order.id))?.states).toEqual(['REFUSED']);
    expect((await h.eventsOf(order.id)).map(({ type }) => type)).toEqual(['order.placed', 'order.confirmed']);
  });
});
