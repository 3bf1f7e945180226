import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import type { Viewer } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';

let h: OrderHarness;
const ADA = user('usr_ada');
const STAFF = user('usr_staff', ['orders:read', 'orders:write']);
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());

const published = sql<{ type: string; data: Record<string, unknown> }>(
  'test.published',
  `SELECT type, data FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence, type`,
);
const ship = sql('test.ship', `UPDATE order_line SET quantity_fulfilled = $2 WHERE id = $1`);
const eventsOf = (id: string) => h.database.query(published, [id]);
const read = async (id: string) => (await h.app.findOrders(STAFF, [id], { lines: true, timeline: true }))[0];

async function bought(viewer: Viewer = ADA, paid = true) {
  const placed = await h.app.placeOrder(viewer, h.command());
  if (!placed.ok) throw new Error('not placed');
  const { id } = placed.order;
  if (paid) {
    await h.app.applyCapture(
      newEvent(events.paymentCaptured, {
        aggregateId: 'pay_1',
        sequence: 2,
        data: {
          paymentId: 'pay_1',
          orderId: id,
          centAmount: 4_550,
          currencyCode: 'EUR',
          provider: 'stripe',
          capturedAt: new Date().toISOString(),
        },
      }),
    );
  }
  const [lamp = '', bulb = ''] = placed.order.lines?.map((line) => line.id) ?? [];
  return { id, lamp, bulb };
}
const cancel = (viewer: Viewer, orderId: string, lines: [string, number][], idempotencyKey = 'cancel-key-1') =>
  h.app.cancelLines(viewer, {
    orderId,
    lines: lines.map(([lineId, quantity]) => ({ lineId, quantity })),
    reason: 'one is enough',
    idempotencyKey,
  });
const codeOf = (result: Awaited<ReturnType<typeof cancel>>) => (result.ok ? 'OK' : result.errors[0]?.code);

test('a customer cancels a unit: it is free again, what was paid for it goes back, and pressing twice is once', async () => {
  const { id, lamp } = await bought();
  const answers = await Promise.all([cancel(ADA, id, [[lamp, 1]]), cancel(ADA, id, [[lamp, 1]])]);
  expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
  expect(await read(id)).toMatchObject({ status: 'CONFIRMED', totalCents: 2_560, version: 3 });
  expect((await eventsOf(id)).slice(2)).toMatchObject([
    { type: 'order.edited', data: { removed: [{ variantId: 'var_1', quantity: 1 }], totalCentAmount: 2_560 } },
    { type: 'order.refund_required', data: { centAmount: 1_990, paymentId: 'pay_1', reason: 'LINES_CANCELLED' } },
  ]);
  const entry = (await read(id))?.timeline?.find(({ type }) => type === 'LINES_CANCELLED');
  expect(entry).toMatchObject({ message: 'one is enough', isPublic: true });
});

test('units that are cancelled one by one give back what all at once give back', async () => {
  const [one, all] = [await bought(), await bought()];
  await cancel(ADA, one.id, [[one.lamp, 1]], 'cancel-key-1');
  await cancel(ADA, one.id, [[one.lamp, 1]], 'cancel-key-2');
  await cancel(ADA, all.id, [[all.lamp, 2]]);
  const back = async (id: string) =>
    (await eventsOf(id))
      .filter(({ type }) => type === 'order.refund_required')
      .reduce((sum, { data }) => sum + Number(data.centAmount), 0);
  expect([await back(one.id), await back(all.id)]).toEqual([3_980, 3_980]);
  expect((await read(one.id))?.lines).toEqual(
    (await read(all.id))?.lines?.map((line, i) => ({ ...line, id: [one.lamp, one.bulb][i] })),
  );
});

test('cancelling everything cancels the order, and the same key answers the same', async () => {
  const { id, lamp, bulb } = await bought();
  const whole: [string, number][] = [
    [lamp, 2],
    [bulb, 1],
  ];
  expect(await cancel(ADA, id, whole)).toMatchObject({ ok: true, order: { status: 'CANCELLED' } });
  expect(await cancel(ADA, id, whole)).toMatchObject({ ok: true, order: { status: 'CANCELLED' } });
  expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['order.placed', 'order.confirmed', 'order.cancelled']);
});

test('an unpaid order costs less, and nothing is given back', async () => {
  const { id, lamp } = await bought(ADA, false);
  await cancel(ADA, id, [[lamp, 1]]);
  expect(await read(id)).toMatchObject({ status: 'PENDING_PAYMENT', totalCents: 2_560 });
  expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['order.placed', 'order.edited']);
});

test('what has left cannot be cancelled; of a line of which something has left only staff cancel the rest', async () => {
  const { id, lamp } = await bought();
  await h.database.query(ship, [lamp, 1]);
  expect(codeOf(await cancel(STAFF, id, [[lamp, 2]]))).toBe('INVALID');
  expect(codeOf(await cancel(ADA, id, [[lamp, 1]]))).toBe('ILLEGAL_TRANSITION');
  expect((await eventsOf(id)).length).toBe(2);
  expect(codeOf(await cancel(STAFF, id, [[lamp, 1]], 'staff-key-1'))).toBe('OK');
});

test('a guest cancels by the unguessable id of his order', async () => {
  const { id, lamp } = await bought(GUEST);
  expect(codeOf(await cancel(GUEST, id, [[lamp, 1]]))).toBe('OK');
});

test.each([
  ['a guest', GUEST],
  ['another user', user('usr_eve')],
  ['staff who may only read', user('usr_reader', ['orders:read'])],
  ['a service', { kind: 'service', service: 'payment', scopes: ['service'] } as const],
])("%s cannot cancel lines of a user's order", async (_, viewer) => {
  const { id, lamp } = await bought();
  expect(codeOf(await cancel(viewer, id, [[lamp, 1]]))).toBe('NOT_FOUND');
  expect((await eventsOf(id)).length).toBe(2);
  expect(await read(id)).toMatchObject({ version: 2 });
});

test.each([
  ['no lines', []],
  ['a quantity of nothing', [['', 0]]],
  [
    'a line twice',
    [
      ['', 1],
      ['', 1],
    ],
  ],
] as [string, [string, number][]][])('%s is refused', async (_, lines) => {
  const { id, lamp } = await bought();
  expect(
    codeOf(
      await cancel(
        ADA,
        id,
        lines.map(([, quantity]) => [lamp, quantity]),
      ),
    ),
  ).toBe('INVALID');
});

test('lines of another order, and the same key with another input, are refused', async () => {
  const [mine, other] = [await bought(), await bought()];
  expect(codeOf(await cancel(ADA, mine.id, [[other.lamp, 1]]))).toBe('NOT_FOUND');
  await cancel(ADA, mine.id, [[mine.lamp, 1]]);
  expect(codeOf(await cancel(ADA, mine.id, [[mine.bulb, 1]]))).toBe('IDEMPOTENCY_KEY_REUSED');
});

test('two people who cancel the last unit at once cancel it once', async () => {
  const { id, bulb } = await bought();
  const answers = await Promise.all([
    cancel(ADA, id, [[bulb, 1]], 'ada-key-1'),
    cancel(STAFF, id, [[bulb, 1]], 'staff-key-1'),
  ]);
  expect(answers.map(codeOf).sort()).toEqual(['INVALID', 'OK']);
  expect((await eventsOf(id)).filter(({ type }) => type === 'order.refund_required')).toHaveLength(1);
});
