import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import type { EditRequest } from '../domain/edit.js';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';
import type { EditOrderCommand } from './editOrder.js';

let h: OrderHarness;
const STAFF = user('usr_staff', ['orders:read', 'orders:write']);
beforeAll(async () => {
  h = await orderHarness();
  h.quotes.prices.set('var_9', { unitPriceCents: 1_500 });
  h.quotes.prices.set('var_few', { unitPriceCents: 100, available: 1 });
});
afterAll(() => h.close());
beforeEach(() => {
  h.stock.state.answer = undefined;
});

const published = sql<{ type: string; data: Record<string, unknown> }>(
  'test.published',
  `SELECT type, data FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence, type`,
);
const tables = sql<{ states: string[] | null; lines: number; timeline: number; events: number; version: number }>(
  'test.tables',
  `SELECT (SELECT array_agg(state ORDER BY created_at) FROM order_edit WHERE order_id = $1) AS states,
     (SELECT count(*) FROM order_line WHERE order_id = $1) AS lines, (SELECT count(*) FROM order_event WHERE order_id = $1) AS timeline,
     (SELECT count(*) FROM outbox_event WHERE aggregate_id = $1) AS events, (SELECT version FROM orders WHERE id = $1) AS version`,
);
const endLeases = sql('test.endEditLeases', `UPDATE order_edit SET lease_until = now() - interval '1 second'`);
const makeDue = sql('test.makeEditDue', `UPDATE order_edit SET due_at = now() - interval '1 second' WHERE id = $1`);

async function placed() {
  const result = await h.app.placeOrder(GUEST, h.command());
  if (!result.ok) throw new Error('not placed');
  return result.order;
}
const captured = (orderId: string, parts: { centAmount?: number; paymentId?: string; purposeId?: string } = {}) =>
  newEvent(events.paymentCaptured, {
    aggregateId: parts.paymentId ?? 'pay_1',
    sequence: 2,
    data: {
      paymentId: parts.paymentId ?? 'pay_1',
      orderId,
      purposeId: parts.purposeId ?? orderId,
      centAmount: parts.centAmount ?? 4_550,
      currencyCode: 'EUR',
      provider: 'stripe',
      capturedAt: new Date().toISOString(),
    },
  });
async function confirmed() {
  const order = await placed();
  await h.app.applyCapture(captured(order.id));
  return (await read(order.id)) as NonNullable<Awaited<ReturnType<typeof read>>>;
}
const read = async (id: string) => (await h.app.findOrders(STAFF, [id], { lines: true, timeline: true }))[0];
const typesOf = async (id: string) => (await read(id))?.timeline?.map((entry) => entry.type);
const eventsOf = (id: string) => h.database.query(published, [id]);
const stateOf = async (id: string) => (await h.database.query(tables, [id]))[0];

const command = (
  order: { id: string; version: number },
  request: Partial<EditRequest>,
  parts: Partial<EditOrderCommand> = {},
): EditOrderCommand => ({
  orderId: order.id,
  orderVersion: order.version,
  request: {
    addLines: [],
    setQuantities: [],
    shippingAddress: null,
    billingAddress: null,
    shippingMethodId: null,
    ...request,
  },
  note: null,
  dryRun: false,
  idempotencyKey: 'edit-key-1',
  ...parts,
});
const lineIds = (order: { lines?: readonly { id: string }[] | undefined }) => order.lines?.map(({ id }) => id) ?? [];
const add = (quantity = 2) => ({ addLines: [{ variantId: 'var_9', quantity }] });
const lower = (order: { lines?: readonly { id: string }[] | undefined }, quantity = 1) => ({
  setQuantities: [{ lineId: lineIds(order)[0] ?? '', quantity }],
});
async function edit(...args: Parameters<typeof command>) {
  const result = await h.app.editOrder(STAFF, command(...args));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result;
}

describe('a dry run', () => {
  test('answers lines, totals and difference, and changes, holds and publishes nothing', async () => {
    const order = await confirmed();
    const before = await stateOf(order.id);
    const held = h.stock.reserved.size;
    const result = await edit(order, { ...add(), ...lower(order) }, { dryRun: true });
    expect(result).toMatchObject({ edit: null, plan: { after: { totalCents: 4_550 + 3_000 - 1_990 } } });
    expect(result.plan.lines.map(({ quantityBefore, quantity }) => [quantityBefore, quantity])).toEqual([
      [2, 1],
      [0, 2],
    ]);
    expect(await stateOf(order.id)).toEqual(before);
    expect(h.stock.reserved.size).toBe(held);
  });
});

describe('an order that is not paid', () => {
  test('is changed at once; what was added is held under the edit, what was removed is given back', async () => {
    const order = await placed();
    const { edit: made } = await edit(order, { ...add(), ...lower(order) });
    expect(made?.state).toBe('APPLIED');
    const after = await read(order.id);
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
    const [, edited, ...more] = await eventsOf(order.id);
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
    expect(await typesOf(order.id)).toEqual(['PLACED', 'STOCK_RESERVED', 'EDITED']);
  });

  test('is confirmed by its new price, with all that it holds', async () => {
    const order = await placed();
    const { edit: made } = await edit(order, add());
    await h.app.applyCapture(captured(order.id, { centAmount: 7_550 }));
    const confirmation = (await eventsOf(order.id)).find(({ type }) => type === 'order.confirmed');
    expect(confirmation?.data).toMatchObject({ stockIds: [order.id, made?.id], totalCentAmount: 7_550 });
  });

  test('made cheaper while the old price was on its way: it is paid, and the difference goes back, in either order', async () => {
    const early = await placed();
    await edit(early, lower(early));
    await h.app.applyCapture(captured(early.id));
    expect(await read(early.id)).toMatchObject({ status: 'CONFIRMED', totalCents: 2_560 });
    expect((await eventsOf(early.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_1', centAmount: 1_990, reason: 'ORDER_EDITED' },
    });

    const late = await confirmed();
    await edit(late, lower(late));
    expect(await read(late.id)).toMatchObject({ status: 'CONFIRMED', totalCents: 2_560 });
    expect((await eventsOf(late.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_1', centAmount: 1_990, reason: 'ORDER_EDITED' },
    });
  });

  test('made dearer while the old price was on its way: it goes back, and the order waits for a new payment of its own', async () => {
    const order = await placed();
    await edit(order, add());
    await h.app.applyCapture(captured(order.id));
    const waiting = await read(order.id);
    expect(waiting).toMatchObject({ status: 'PENDING_PAYMENT', paymentId: null, totalCents: 7_550 });
    expect(waiting?.paymentPurposeId).toMatch(/^oed_/);
    expect((await eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_1', centAmount: 4_550, reason: 'AMOUNT_MISMATCH' },
    });
    const second = { paymentId: 'pay_2', purposeId: waiting?.paymentPurposeId ?? '', centAmount: 7_550 };
    await h.app.applyCapture(captured(order.id, second));
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED', paymentId: 'pay_2' });
    expect((await eventsOf(order.id)).at(-1)?.type).toBe('order.confirmed');
  });

  test('that expires gives back all that it holds, and a late payment sells all of it', async () => {
    const order = await placed();
    const { edit: made } = await edit(order, add());
    await h.makeOverdue(order.id);
    await h.app.expireOrders();
    expect((await eventsOf(order.id)).at(-1)?.data).toMatchObject({ stockIds: [order.id, made?.id] });
    await h.app.applyCapture(captured(order.id, { centAmount: 7_550 }));
    expect(h.stock.sold.has(order.id) && h.stock.sold.has(made?.id ?? '')).toBe(true);
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED' });
  });
});

describe('a paid order', () => {
  test('that costs more waits for the difference; paid, it is changed and its stock is sold; paid twice, the second goes back', async () => {
    const order = await confirmed();
    const { edit: made, order: waiting } = await edit(order, add(), { note: 'By telephone' });
    expect(made).toMatchObject({ state: 'AWAITING_PAYMENT' });
    expect(waiting.openEdit).toMatchObject({ id: made?.id, dueCents: 3_000 });
    expect(await read(order.id)).toMatchObject({ totalCents: 4_550, version: 3, extraStockIds: [] });
    expect((await eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.edit_proposed',
      data: { editId: made?.id, dueCentAmount: 3_000, currencyCode: 'EUR' },
    });

    const money = captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 });
    await Promise.all([h.app.applyCapture(money), h.app.applyCapture(money)]);
    expect(await read(order.id)).toMatchObject({
      totalCents: 7_550,
      paymentId: 'pay_1',
      openEdit: null,
      extraStockIds: [made?.id],
    });
    expect((await eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.edited',
      data: { soldStockIds: [made?.id], stockIds: [order.id, made?.id], removed: [] },
    });
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_3', purposeId: made?.id ?? '', centAmount: 3_000 }));
    expect((await eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_3', centAmount: 3_000, reason: 'PAID_TWICE' },
    });
    const notes = (await read(order.id))?.timeline?.filter(({ type }) => type === 'NOTE_ADDED');
    expect(notes).toMatchObject([{ message: 'By telephone', isPublic: false }]);
  });

  test('that costs the same is changed at once, and what was added is sold at once', async () => {
    h.quotes.prices.set('var_same', { unitPriceCents: 1_990 });
    const order = await confirmed();
    const same = { addLines: [{ variantId: 'var_same', quantity: 1 }], ...lower(order) };
    const { edit: made } = await edit(order, same);
    expect(made?.state).toBe('APPLIED');
    expect((await eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.edited',
      data: { soldStockIds: [made?.id], removed: [{ variantId: 'var_1', quantity: 1 }], totalCentAmount: 4_550 },
    });
  });

  test('has one change that waits; it can be called off, and twice is once', async () => {
    const order = await confirmed();
    const { edit: made, order: waiting } = await edit(order, add());
    const second = await h.app.editOrder(STAFF, command(waiting, add(1), { idempotencyKey: 'edit-key-2' }));
    expect(second).toMatchObject({ ok: false, errors: [{ code: 'CONFLICT' }] });
    const answers = await Promise.all([h.app.cancelEdit(made?.id ?? ''), h.app.cancelEdit(made?.id ?? '')]);
    expect(answers).toMatchObject([
      { ok: true, edit: { state: 'CANCELLED' } },
      { ok: true, edit: { state: 'CANCELLED' } },
    ]);
    expect((await eventsOf(order.id)).slice(-1)).toMatchObject([
      { type: 'order.edit_lapsed', data: { editId: made?.id, reason: 'CALLED_OFF' } },
    ]);
    expect(await read(order.id)).toMatchObject({ totalCents: 4_550, openEdit: null, status: 'CONFIRMED' });
    expect((await typesOf(order.id))?.filter((type) => type === 'EDIT_LAPSED')).toHaveLength(1);
  });

  test('whose change is not paid in time stays as it was; money that comes later goes back', async () => {
    const order = await confirmed();
    const { edit: made } = await edit(order, add());
    await h.database.query(makeDue, [made?.id]);
    expect(await h.app.lapseEdits()).toBe(1);
    expect(await h.app.lapseEdits()).toBe(0);
    expect((await stateOf(order.id))?.states).toEqual(['EXPIRED']);
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 }));
    expect((await eventsOf(order.id)).slice(-2)).toMatchObject([
      { type: 'order.edit_lapsed', data: { reason: 'NOT_PAID_IN_TIME' } },
      { type: 'order.refund_required', data: { paymentId: 'pay_2', centAmount: 3_000, reason: 'EDIT_LAPSED' } },
    ]);
    expect(await read(order.id)).toMatchObject({ totalCents: 4_550, status: 'CONFIRMED' });
  });

  test('whose lapse and payment race has one winner, and no money is kept for nothing', async () => {
    for (let round = 0; round < 10; round += 1) {
      const order = await confirmed();
      const { edit: made } = await edit(order, add());
      await h.database.query(makeDue, [made?.id]);
      await Promise.all([
        h.app.lapseEdits(),
        h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 })),
      ]);
      const types = (await eventsOf(order.id)).map(({ type }) => type).slice(3);
      const state = (await stateOf(order.id))?.states?.[0];
      expect([state, types]).toEqual(
        state === 'APPLIED'
          ? ['APPLIED', ['order.edited']]
          : ['EXPIRED', ['order.edit_lapsed', 'order.refund_required']],
      );
    }
  });

  test('that is cancelled takes its waiting change with it', async () => {
    const order = await confirmed();
    const { edit: made } = await edit(order, add());
    const answer = await h.app.cancelOrder(STAFF, { orderId: order.id, reason: null, idempotencyKey: 'cancel-key' });
    expect(answer.ok).toBe(true);
    expect((await stateOf(order.id))?.states).toEqual(['CANCELLED']);
    expect((await eventsOf(order.id)).slice(-2).map(({ type }) => type)).toEqual([
      'order.edit_lapsed',
      'order.cancelled',
    ]);
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 }));
    expect((await eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_2' },
    });
  });

  test('too little for the change goes back, and the change still waits; too much applies it, and the rest goes back', async () => {
    const order = await confirmed();
    const { edit: made } = await edit(order, add());
    const purposeId = made?.id ?? '';
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId, centAmount: 2_999 }));
    expect((await stateOf(order.id))?.states).toEqual(['AWAITING_PAYMENT']);
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_3', purposeId, centAmount: 3_100 }));
    expect((await stateOf(order.id))?.states).toEqual(['APPLIED']);
    expect((await eventsOf(order.id)).slice(-3)).toMatchObject([
      { type: 'order.refund_required', data: { paymentId: 'pay_2', centAmount: 2_999 } },
      { type: 'order.edited' },
      { type: 'order.refund_required', data: { paymentId: 'pay_3', centAmount: 100 } },
    ]);
  });
});

describe('the idempotency key', () => {
  test('pressed five times at once, one edit is made', async () => {
    const order = await placed();
    const wanted = command(order, add());
    const answers = await Promise.all(Array.from({ length: 5 }, () => h.app.editOrder(STAFF, wanted)));
    expect(answers.filter((answer) => answer.ok || answer.errors[0]?.code === 'CONFLICT')).toHaveLength(5);
    expect(await h.app.editOrder(STAFF, wanted)).toMatchObject({
      ok: true,
      replayed: true,
      edit: { state: 'APPLIED' },
    });
    expect((await stateOf(order.id))?.states).toEqual(['APPLIED']);
    expect(await eventsOf(order.id)).toHaveLength(2);
  });

  test('with another input is refused', async () => {
    const order = await placed();
    await edit(order, add());
    const other = await h.app.editOrder(STAFF, command(order, add(3)));
    expect(other).toMatchObject({ ok: false, errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });

  test('a refusal is remembered; an outage is not, and the same key tries anew', async () => {
    const order = await placed();
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
    const order = await confirmed();
    const before = await stateOf(order.id);
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
    const after = await stateOf(order.id);
    expect({ ...after, states: null }).toEqual({ ...before, states: null });
    expect(after?.states).toEqual(['REFUSED', 'REFUSED', 'REFUSED']);
  });

  test('stock that was sold meanwhile refuses the edit, and nothing stays held', async () => {
    const order = await placed();
    h.stock.state.answer = { kind: 'SHORT', lines: [{ variantId: 'var_9', quantityAvailable: 1 }] };
    const result = await h.app.editOrder(STAFF, command(order, add()));
    expect(result).toMatchObject({ ok: false, errors: [{ code: 'INSUFFICIENT_STOCK' }] });
    expect((await stateOf(order.id))?.states).toEqual(['REFUSED']);
    expect(await eventsOf(order.id)).toHaveLength(1);
  });
});

describe('when something breaks', () => {
  test('a reservation whose answer is lost is given back', async () => {
    const order = await placed();
    const reserved = h.stock.reserved.size;
    h.fail.stock('reserve', { after: true });
    const result = await h.app.editOrder(STAFF, command(order, add()));
    expect(result).toMatchObject({ ok: false, errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    expect(h.stock.reserved.size).toBe(reserved);
    expect((await stateOf(order.id))?.states).toEqual(['ABANDONED']);
    expect(await h.app.editOrder(STAFF, command(order, add()))).toMatchObject({ ok: true, replayed: false });
  });

  test('what cannot be given back now is given back by the sweeper', async () => {
    const order = await placed();
    const reserved = h.stock.reserved.size;
    h.fail.stock('reserve', { after: true });
    h.fail.stock('release', { times: 1 });
    await h.app.editOrder(STAFF, command(order, add()));
    expect(h.stock.reserved.size).toBe(reserved + 1);
    expect((await stateOf(order.id))?.states).toEqual(['UNDOING']);
    await h.database.query(endLeases);
    expect(await h.app.resumeEdits()).toBe(1);
    expect(h.stock.reserved.size).toBe(reserved);
    expect((await stateOf(order.id))?.states).toEqual(['ABANDONED']);
  });

  test('a process that dies before the edit is written holds nothing after the sweeper came by, and changes nothing later', async () => {
    const order = await placed();
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
    await h.database.query(endLeases);
    await Promise.all([h.app.resumeEdits(), h.app.resumeEdits()]);
    reserve();
    expect(await running).toMatchObject({ ok: false });
    expect((await stateOf(order.id))?.states).toEqual(['ABANDONED']);
    expect(await read(order.id)).toMatchObject({ version: 1, totalCents: 4_550, extraStockIds: [] });
    expect(await eventsOf(order.id)).toHaveLength(1);
  });

  test('an order that is paid while it is being edited is not changed behind the payment', async () => {
    const order = await placed();
    h.stock.state.onReserve = () => h.app.applyCapture(captured(order.id));
    const result = await h.app.editOrder(STAFF, command(order, add()));
    h.stock.state.onReserve = undefined;
    expect(result).toMatchObject({ ok: false, errors: [{ code: 'CONFLICT' }] });
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED', totalCents: 4_550, extraStockIds: [] });
    expect((await stateOf(order.id))?.states).toEqual(['REFUSED']);
    expect((await eventsOf(order.id)).map(({ type }) => type)).toEqual(['order.placed', 'order.confirmed']);
  });
});
