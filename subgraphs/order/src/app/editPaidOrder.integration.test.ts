import { add, captured, command, type EditHarness, editHarness, lower, STAFF } from '../testing/editHarness.js';
import { checkedOutCart } from '../testing/samples.js';

let h: EditHarness;
beforeAll(async () => {
  h = await editHarness();
});
afterAll(() => h.close());
beforeEach(() => {
  h.stock.state.answer = undefined;
});

describe('a paid order', () => {
  test('that costs more waits for the difference; paid, it is changed and its stock is sold; paid twice, the second goes back', async () => {
    const order = await h.confirmed();
    const { edit: made, order: waiting } = await h.edit(order, add(), { note: 'By telephone' });
    expect(made).toMatchObject({ state: 'AWAITING_PAYMENT' });
    expect(waiting.openEdit).toMatchObject({ id: made?.id, dueCents: 3_000 });
    expect(await h.read(order.id)).toMatchObject({ totalCents: 4_550, version: 3, extraStockIds: [] });
    expect((await h.eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.edit_proposed',
      data: { editId: made?.id, dueCentAmount: 3_000, currencyCode: 'EUR' },
    });

    const money = captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 });
    await Promise.all([h.app.applyCapture(money), h.app.applyCapture(money)]);
    expect(await h.read(order.id)).toMatchObject({
      totalCents: 7_550,
      paymentId: 'pay_1',
      openEdit: null,
      extraStockIds: [made?.id],
    });
    expect((await h.eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.edited',
      data: { soldStockIds: [made?.id], stockIds: [order.id, made?.id], removed: [] },
    });
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_3', purposeId: made?.id ?? '', centAmount: 3_000 }));
    expect((await h.eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_3', centAmount: 3_000, reason: 'PAID_TWICE' },
    });
    const notes = (await h.read(order.id))?.timeline?.filter(({ type }) => type === 'NOTE_ADDED');
    expect(notes).toMatchObject([{ message: 'By telephone', isPublic: false }]);
  });

  test('that costs the same is changed at once, and what was added is sold at once', async () => {
    h.quotes.prices.set('var_same', { unitPriceCents: 1_990 });
    const order = await h.confirmed();
    const same = { addLines: [{ variantId: 'var_same', quantity: 1 }], ...lower(order) };
    const { edit: made } = await h.edit(order, same);
    expect(made?.state).toBe('APPLIED');
    expect((await h.eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.edited',
      data: { soldStockIds: [made?.id], removed: [{ variantId: 'var_1', quantity: 1 }], totalCentAmount: 4_550 },
    });
  });

  test('has one change that waits; it can be called off, and twice is once', async () => {
    const order = await h.confirmed();
    const { edit: made, order: waiting } = await h.edit(order, add());
    const second = await h.app.editOrder(STAFF, command(waiting, add(1), { idempotencyKey: 'edit-key-2' }));
    expect(second).toMatchObject({ ok: false, errors: [{ code: 'CONFLICT' }] });
    const answers = await Promise.all([h.app.cancelEdit(made?.id ?? ''), h.app.cancelEdit(made?.id ?? '')]);
    expect(answers).toMatchObject([
      { ok: true, edit: { state: 'CANCELLED' } },
      { ok: true, edit: { state: 'CANCELLED' } },
    ]);
    expect((await h.eventsOf(order.id)).slice(-1)).toMatchObject([
      { type: 'order.edit_lapsed', data: { editId: made?.id, reason: 'CALLED_OFF' } },
    ]);
    expect(await h.read(order.id)).toMatchObject({ totalCents: 4_550, openEdit: null, status: 'CONFIRMED' });
    expect((await h.typesOf(order.id))?.filter((type) => type === 'EDIT_LAPSED')).toHaveLength(1);
  });

  test('whose change is not paid in time stays as it was; money that comes later goes back', async () => {
    const order = await h.confirmed();
    const { edit: made } = await h.edit(order, add());
    await h.makeDue(made?.id);
    expect(await h.app.lapseEdits()).toBe(1);
    expect(await h.app.lapseEdits()).toBe(0);
    expect((await h.stateOf(order.id))?.states).toEqual(['EXPIRED']);
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 }));
    expect((await h.eventsOf(order.id)).slice(-2)).toMatchObject([
      { type: 'order.edit_lapsed', data: { reason: 'NOT_PAID_IN_TIME' } },
      { type: 'order.refund_required', data: { paymentId: 'pay_2', centAmount: 3_000, reason: 'EDIT_LAPSED' } },
    ]);
    expect(await h.read(order.id)).toMatchObject({ totalCents: 4_550, status: 'CONFIRMED' });
  });

  test('whose lapse and payment race has one winner, and no money is kept for nothing', async () => {
    for (let round = 0; round < 10; round += 1) {
      const order = await h.confirmed();
      const { edit: made } = await h.edit(order, add());
      await h.makeDue(made?.id);
      await Promise.all([
        h.app.lapseEdits(),
        h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 })),
      ]);
      const types = (await h.eventsOf(order.id)).map(({ type }) => type).slice(3);
      const state = (await h.stateOf(order.id))?.states?.[0];
      expect([state, types]).toEqual(
        state === 'APPLIED'
          ? ['APPLIED', ['order.edited']]
          : ['EXPIRED', ['order.edit_lapsed', 'order.refund_required']],
      );
    }
  });

  test('that is cancelled takes its waiting change with it', async () => {
    const order = await h.confirmed();
    const { edit: made } = await h.edit(order, add());
    const answer = await h.app.cancelOrder(STAFF, { orderId: order.id, reason: null, idempotencyKey: 'cancel-key' });
    expect(answer.ok).toBe(true);
    expect((await h.stateOf(order.id))?.states).toEqual(['CANCELLED']);
    expect((await h.eventsOf(order.id)).slice(-2).map(({ type }) => type)).toEqual([
      'order.edit_lapsed',
      'order.cancelled',
    ]);
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 }));
    expect((await h.eventsOf(order.id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_2' },
    });
  });

  test('too little for the change goes back, and the change still waits; too much applies it, and the rest goes back', async () => {
    const order = await h.confirmed();
    const { edit: made } = await h.edit(order, add());
    const purposeId = made?.id ?? '';
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_2', purposeId, centAmount: 2_999 }));
    expect((await h.stateOf(order.id))?.states).toEqual(['AWAITING_PAYMENT']);
    await h.app.applyCapture(captured(order.id, { paymentId: 'pay_3', purposeId, centAmount: 3_100 }));
    expect((await h.stateOf(order.id))?.states).toEqual(['APPLIED']);
    expect((await h.eventsOf(order.id)).slice(-3)).toMatchObject([
      { type: 'order.refund_required', data: { paymentId: 'pay_2', centAmount: 2_999 } },
      { type: 'order.edited' },
      { type: 'order.refund_required', data: { paymentId: 'pay_3', centAmount: 100 } },
    ]);
  });

  test('that had cost nothing: what is added is paid, and what is taken off again comes back from that payment', async () => {
    const sample = checkedOutCart();
    h.cart.state.cart = checkedOutCart({
      lines: sample.lines.map((line) => ({
        ...line,
        discountCents: line.unitPriceCents * line.quantity,
        taxCents: 0,
        totalCents: 0,
      })),
      discountCents: sample.subtotalCents + sample.shippingCents,
      taxCents: 0,
      totalCents: 0,
    });
    const placed = await h.app.placeOrder(STAFF, h.command({ expectedTotal: { centAmount: 0, currencyCode: 'EUR' } }));
    h.cart.state.cart = sample;
    if (!placed.ok) throw new Error(JSON.stringify(placed.errors));
    const { id, version } = placed.order;
    expect(placed.order).toMatchObject({ status: 'CONFIRMED', paymentId: null });
    const { edit: made } = await h.edit({ id, version }, add());
    await h.app.applyCapture(captured(id, { paymentId: 'pay_2', purposeId: made?.id ?? '', centAmount: 3_000 }));
    const paid = await h.read(id);
    expect(paid).toMatchObject({ totalCents: 3_000, paymentId: 'pay_2' });
    const added = paid?.lines?.find(({ variantId }) => variantId === 'var_9');
    const off = { setQuantities: [{ lineId: added?.id ?? '', quantity: 1 }] };
    await h.edit({ id, version: paid?.version ?? 0 }, off, { idempotencyKey: 'edit-key-2' });
    expect((await h.eventsOf(id)).at(-1)).toMatchObject({
      type: 'order.refund_required',
      data: { paymentId: 'pay_2', centAmount: 1_500, reason: 'ORDER_EDITED' },
    });
  });
});
