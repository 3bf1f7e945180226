import { type EventEnvelope, events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import type { OrderStore, Placement, PlacementClaim, PlacementRefusal, PlacementStore } from '../app/ports.js';
import { decidePlacement, type PlacedOrder } from '../domain/decidePlacement.js';
import type { Order } from '../domain/order.js';
import { checkedOutCart } from './samples.js';

/** An implementation of the stores, and a look at what it published. */
export interface OrderStoresBench {
  readonly placements: PlacementStore;
  readonly orders: Pick<OrderStore, 'byIds' | 'forEvent' | 'overdue' | 'apply'>;
  readonly published: (aggregateId: string) => Promise<readonly string[]>;
}

const LEASE_MS = 60_000;
/** A lease that has ended when it begins. */
const ENDED_MS = -60_000;
const SHORT: PlacementRefusal = { remembered: true, errors: [{ code: 'INVALID', message: 'short' }] };
const OUTAGE: PlacementRefusal = { remembered: false, errors: [{ code: 'CONFLICT', message: 'down' }] };
const PARTS = { lines: true, timeline: true };

const claimOf = (parts: Partial<PlacementClaim> = {}): PlacementClaim => ({
  scope: 'cart:crt_1',
  key: newId('req'),
  inputHash: 'hash',
  input: { cartId: 'crt_1', cartVersion: 1, expectedTotal: { centAmount: 4_550, currencyCode: 'EUR' }, locale: 'en' },
  orderId: newId('ord'),
  customerId: null,
  runToken: newId('plc'),
  traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
  correlationId: 'req_1',
  ...parts,
});

const placedOf = (orderId: string, number = orderId.slice(-14).toUpperCase()): PlacedOrder =>
  decidePlacement(
    checkedOutCart(),
    { orderId, expectedTotal: { centAmount: 4_550, currencyCode: 'EUR' }, locale: 'en' } as never,
    {
      now: new Date(),
      number,
      paymentWindowMs: 1_800_000,
      actor: 'anonymous',
      traceId: '0'.repeat(32),
      newLineId: () => newId('oln'),
      newTimelineId: () => newId('oev'),
    },
  );

const placedEvent = ({ order }: PlacedOrder): EventEnvelope =>
  newEvent(events.orderPlaced, {
    aggregateId: order.id,
    sequence: 1,
    data: {
      orderId: order.id,
      number: '261122-AAAAAAAA',
      customerId: null,
      currencyCode: 'EUR',
      totalCentAmount: 4_550,
      paymentDueAt: order.paymentDueAt.toISOString(),
    },
  });

/** What every implementation of the saga's and the orders' stores keeps: leases, fencing, compare-and-set, once per event. */
export function orderStoresContract(open: () => OrderStoresBench): void {
  const stores = (): OrderStoresBench => open();
  const stepOf = async (claim: PlacementClaim) => (await stores().placements.find(claim.scope, claim.key))?.step;
  const commit = (placement: Placement, placed = placedOf(placement.orderId)) =>
    stores().placements.commit(placement, placed, [placedEvent(placed)]);
  async function placedOrder(): Promise<Order> {
    const placement = await stores().placements.claim(claimOf(), LEASE_MS);
    expect(await commit(placement)).toBe('COMMITTED');
    return (await stores().orders.byIds([placement.orderId], PARTS))[0] as Order;
  }

  describe('a placement', () => {
    test('is claimed by the first; a second one with the same key is told who has it', async () => {
      const claim = claimOf();
      const first = await stores().placements.claim(claim, LEASE_MS);
      expect(first).toMatchObject({ step: 'RUNNING', runToken: claim.runToken, orderId: claim.orderId, attempts: 0 });
      const second = await stores().placements.claim({ ...claim, runToken: 'plc_2', orderId: 'ord_2' }, LEASE_MS);
      expect(second).toMatchObject({ runToken: claim.runToken, orderId: claim.orderId, leaseExpired: false });
    });

    test('whose lease has ended is taken over under its own order id, but not with other input', async () => {
      const claim = claimOf();
      await stores().placements.claim(claim, ENDED_MS);
      const other = { ...claim, runToken: 'plc_2', orderId: 'ord_2' };
      expect(await stores().placements.claim({ ...other, inputHash: 'other' }, LEASE_MS)).toMatchObject({
        runToken: claim.runToken,
        leaseExpired: true,
      });
      expect(await stores().placements.claim(other, LEASE_MS)).toMatchObject({
        runToken: 'plc_2',
        orderId: claim.orderId,
        attempts: 1,
      });
    });

    test('is committed once, by the run that has it, with its order and its event', async () => {
      const claim = claimOf();
      const lost = await stores().placements.claim(claim, ENDED_MS);
      const placement = await stores().placements.claim({ ...claim, runToken: newId('plc') }, LEASE_MS);
      expect(await commit(lost)).toBe('LOST');
      expect(await stores().orders.byIds([claim.orderId], PARTS)).toEqual([undefined]);
      expect(await commit(placement)).toBe('COMMITTED');
      expect(await commit(placement)).toBe('LOST');
      expect(await stepOf(claim)).toBe('PLACED');
      expect(await stores().published(claim.orderId)).toEqual(['order.placed']);
      const [order] = await stores().orders.byIds([claim.orderId], PARTS);
      expect(order).toMatchObject({ status: 'PENDING_PAYMENT', version: 1 });
      expect(order?.lines?.map(({ variantId, quantity }) => [variantId, quantity])).toEqual([
        ['var_1', 2],
        ['var_2', 1],
      ]);
      expect(order?.timeline?.map(({ type }) => type)).toEqual(['PLACED', 'STOCK_RESERVED']);
    });

    test('with a number that is taken changes nothing', async () => {
      const taken = await placedOrder();
      const claim = claimOf();
      const placement = await stores().placements.claim(claim, LEASE_MS);
      expect(await commit(placement, placedOf(claim.orderId, taken.number))).toBe('NUMBER_TAKEN');
      expect(await stepOf(claim)).toBe('RUNNING');
    });

    test('that is undone never becomes an order, and a run that lost it can neither undo nor end it', async () => {
      const claim = claimOf();
      const lost = await stores().placements.claim(claim, ENDED_MS);
      const placement = await stores().placements.claim({ ...claim, runToken: newId('plc') }, LEASE_MS);
      expect(await stores().placements.startUndo(lost, SHORT, LEASE_MS)).toBe(false);
      await stores().placements.endRefused(lost, SHORT);
      expect(await stepOf(claim)).toBe('RUNNING');
      expect(await stores().placements.startUndo(placement, SHORT, LEASE_MS)).toBe(true);
      expect(await commit(placement)).toBe('LOST');
      await stores().placements.endRefused(placement, SHORT);
      expect(await stepOf(claim)).toBe('REFUSED');
      expect(await stores().placements.claim({ ...claim, runToken: 'plc_3' }, LEASE_MS)).toMatchObject({
        step: 'REFUSED',
        refusal: SHORT,
      });
    });

    test('that was abandoned starts anew under another order id', async () => {
      const claim = claimOf();
      const placement = await stores().placements.claim(claim, LEASE_MS);
      await stores().placements.startUndo(placement, OUTAGE, LEASE_MS);
      await stores().placements.endRefused(placement, OUTAGE);
      expect(await stepOf(claim)).toBe('ABANDONED');
      const orderId = newId('ord');
      const again = await stores().placements.claim({ ...claim, runToken: 'plc_4', orderId }, LEASE_MS);
      expect(again).toMatchObject({ step: 'RUNNING', orderId, attempts: 0, refusal: null, runToken: 'plc_4' });
    });

    test('whose run has died is taken over by one sweeper, also while it is undone; one that runs is left alone', async () => {
      const [running, dead, undoing] = [claimOf(), claimOf(), claimOf()];
      await stores().placements.claim(running, LEASE_MS);
      await stores().placements.claim(dead, ENDED_MS);
      const begun = await stores().placements.claim(undoing, LEASE_MS);
      await stores().placements.startUndo(begun, OUTAGE, LEASE_MS);
      await stores().placements.postpone(begun, ENDED_MS);
      const all = [running, dead, undoing].map(({ orderId }) => orderId);
      const takeOver = async (token: string) =>
        (await stores().placements.takeOver(token, LEASE_MS, 100)).filter(({ orderId }) => all.includes(orderId));
      const taken = await takeOver('plc_sweeper');
      expect(taken.map(({ orderId, step, attempts }) => [orderId, step, attempts]).sort()).toEqual(
        [
          [dead.orderId, 'RUNNING', 1],
          [undoing.orderId, 'UNDOING', 1],
        ].sort(),
      );
      expect(await takeOver('plc_other')).toEqual([]);
    });
  });

  describe('an order', () => {
    const noteOn = (before: Order, published: readonly EventEnvelope[] = []) => ({
      before,
      after: { ...before, version: before.version + 1 },
      timeline: [],
      published,
    });
    const expiry = (order: Order): EventEnvelope =>
      newEvent(events.orderExpired, {
        aggregateId: order.id,
        sequence: order.version + 1,
        data: {
          orderId: order.id,
          number: '261122-AAAAAAAA',
          customerId: null,
          cartId: 'crt_1',
          couponCodes: [],
          reason: 'PAYMENT_WINDOW_PASSED',
        },
      });

    test('is changed by the first of two who read the same version; the other one changes and publishes nothing', async () => {
      const order = await placedOrder();
      const expired = {
        ...noteOn(order, [expiry(order)]),
        after: { ...order, status: 'EXPIRED' as const, version: 2 },
      };
      expect([...(await stores().orders.apply([expired]))]).toEqual([order.id]);
      expect([...(await stores().orders.apply([noteOn(order, [expiry(order)])]))]).toEqual([]);
      const [now] = await stores().orders.byIds([order.id], PARTS);
      expect(now).toMatchObject({ status: 'EXPIRED', version: 2 });
      expect(await stores().published(order.id)).toEqual(['order.placed', 'order.expired']);
    });

    test('is changed by an event once: it is known as applied, and applying it again is refused', async () => {
      const order = await placedOrder();
      const eventId = newId('evt');
      expect(await stores().orders.forEvent(order.id, eventId)).toMatchObject({
        order: { version: 1 },
        applied: false,
      });
      await stores().orders.apply([noteOn(order)], eventId);
      const { order: now, applied } = await stores().orders.forEvent(order.id, eventId);
      expect([now?.version, applied]).toEqual([2, true]);
      await expect((async () => stores().orders.apply([noteOn(now as Order)], eventId))()).rejects.toThrow();
      expect((await stores().orders.forEvent(order.id, eventId)).order?.version).toBe(2);
    });

    test('an event that met another version leaves no mark', async () => {
      const order = await placedOrder();
      await stores().orders.apply([noteOn(order)]);
      const eventId = newId('evt');
      expect([...(await stores().orders.apply([noteOn(order)], eventId))]).toEqual([]);
      expect((await stores().orders.forEvent(order.id, eventId)).applied).toBe(false);
    });

    test('is overdue after its time, while nobody has paid', async () => {
      const [late, paid] = [await placedOrder(), await placedOrder()];
      const overdue = async () => (await stores().orders.overdue(1_000)).map(({ id }) => id);
      expect(await overdue()).not.toContain(late.id);
      const past = new Date(Date.now() - 1_000);
      await stores().orders.apply([
        { ...noteOn(late), after: { ...late, paymentDueAt: past, version: 2 } },
        { ...noteOn(paid), after: { ...paid, paymentDueAt: past, status: 'CANCELLED', version: 2 } },
      ]);
      const now = await overdue();
      expect([now.includes(late.id), now.includes(paid.id)]).toEqual([true, false]);
    });
  });
}
