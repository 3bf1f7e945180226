import { type EventEnvelope, events, newEvent } from '@souk/events';
import { type CoreOrderStore, memoryOrders, type OrderTables } from '../testing/memoryStores.js';
import { pendingOrder } from '../testing/samples.js';
import { applyCapture } from './applyCapture.js';
import { applyVoid } from './applyVoid.js';
import type { OrderStore } from './ports.js';

/** Found by the simulation: seed 245. */
const NOW = new Date('2026-11-22T12:10:00.000Z');
const DATA = { paymentId: 'pay_1', orderId: 'ord_1', purposeId: 'ord_1', provider: 'stripe' };
const authorized = newEvent(events.paymentAuthorized, {
  aggregateId: 'pay_1',
  sequence: 2,
  now: NOW,
  data: { ...DATA, centAmount: 4_550, currencyCode: 'EUR', authorizedUntil: null },
});
const voided = newEvent(events.paymentVoided, {
  aggregateId: 'pay_1',
  sequence: 3,
  now: NOW,
  data: { ...DATA, reason: 'REQUESTED' },
});

function expiredOrder() {
  const published: EventEnvelope[] = [];
  const order = pendingOrder({ status: 'EXPIRED', expiredAt: NOW });
  const tables: OrderTables = {
    placements: new Map(),
    orders: new Map([[order.id, { order, lines: [], timeline: [] }]]),
    inbox: new Set(),
    publish: (more) => published.push(...more),
    now: () => NOW.getTime(),
  };
  const sync = memoryOrders(tables);
  const orders = Object.fromEntries(
    (Object.keys(sync) as (keyof CoreOrderStore)[]).map((name) => [
      name,
      async (...args: never[]) => (sync[name] as (...all: never[]) => unknown)(...args),
    ]),
  ) as unknown as OrderStore;
  const edits = { byIds: async () => [], overdue: async () => [] };
  const deps = { orders, edits, clock: () => NOW, stock: { sell: async () => 'SOLD' as const } };
  return {
    deps: deps as unknown as Parameters<typeof applyCapture>[0] & Parameters<typeof applyVoid>[0],
    status: () => tables.orders.get('ord_1')?.order.status,
    types: () => published.map(({ type }) => type),
  };
}

test('a void that overtakes its authorization is not applied yet, so that the order ends without money and without goods', async () => {
  const { deps, status, types } = expiredOrder();
  await expect(applyVoid(deps)(voided)).rejects.toThrow('its authorization has not arrived yet');
  expect([status(), types()]).toEqual(['EXPIRED', []]);
  await applyCapture(deps)(authorized);
  expect([status(), types()]).toEqual(['CONFIRMED', ['order.confirmed']]);
  await applyVoid(deps)(voided);
  await applyVoid(deps)(voided);
  expect([status(), types()]).toEqual(['CANCELLED', ['order.confirmed', 'order.cancelled']]);
});
