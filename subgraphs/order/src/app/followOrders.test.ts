import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@souk/testkit';
import type { OrderView } from '../domain/order.js';
import { followOrders } from './followOrders.js';
import type { OrderChange, OrderStore } from './ports.js';

const PENDING = 'PENDING_PAYMENT';
const WHOLE_TEST_MS = 60_000;

/** One order as a store has it; `change` is made by this process, `changeElsewhere` by another replica. */
function shopWith(limits: Parameters<typeof followOrders>[0]) {
  const following = followOrders(limits);
  let status: OrderView['status'] | undefined = PENDING;
  let reads = 0;
  const store: Pick<OrderStore, 'apply'> = {
    async apply() {
      status = 'CONFIRMED';
      return new Set(['ord_1']);
    },
  };
  return {
    following,
    reads: () => reads,
    change: () => following.watch(store).apply([] as OrderChange[]),
    changeElsewhere(to: typeof status) {
      status = to;
    },
    async follow(): Promise<string | undefined> {
      const order = await following.whileIn('ord_1', PENDING, async () => {
        reads += 1;
        return status === undefined ? undefined : ({ id: 'ord_1', status } as OrderView);
      });
      return order?.status;
    },
  };
}

test('who waits is answered when the order changes, all of them, with two readings each', async () => {
  const shop = shopWith({ waitMs: WHOLE_TEST_MS, lookAgainMs: WHOLE_TEST_MS });
  const answers = [shop.follow(), shop.follow()];
  await eventually(() => expect(shop.reads()).toBe(2));
  await shop.change();
  expect(await Promise.all(answers)).toEqual(['CONFIRMED', 'CONFIRMED']);
  expect(shop.reads()).toBe(4);
});

test('a change between the reading and the waiting is not missed', async () => {
  const following = followOrders({ waitMs: WHOLE_TEST_MS, lookAgainMs: WHOLE_TEST_MS });
  const store: Pick<OrderStore, 'apply'> = { apply: async () => new Set(['ord_1']) };
  const { apply } = following.watch(store);
  const answers: OrderView['status'][] = [PENDING, 'CONFIRMED'];
  const order = await following.whileIn('ord_1', PENDING, async () => {
    const read = { id: 'ord_1', status: answers.shift() } as OrderView;
    if (read.status === PENDING) await apply([]);
    return read;
  });
  expect(order?.status).toBe('CONFIRMED');
});

test('a change that another replica made is seen a little later', async () => {
  const shop = shopWith({ waitMs: WHOLE_TEST_MS, lookAgainMs: 5 });
  const answer = shop.follow();
  await eventually(() => expect(shop.reads()).toBeGreaterThan(1));
  shop.changeElsewhere('CANCELLED');
  expect(await answer).toBe('CANCELLED');
});

test('another status, and an order that the viewer may not see, are answered at once', async () => {
  const shop = shopWith({ waitMs: WHOLE_TEST_MS, lookAgainMs: WHOLE_TEST_MS });
  shop.changeElsewhere('CONFIRMED');
  expect(await shop.follow()).toBe('CONFIRMED');
  shop.changeElsewhere(undefined);
  expect(await shop.follow()).toBeUndefined();
  expect(shop.reads()).toBe(2);
});

test('an order that stays as it is is answered so after a while', async () => {
  const shop = shopWith({ waitMs: 60, lookAgainMs: 20 });
  const from = performance.now();
  expect(await shop.follow()).toBe(PENDING);
  expect(performance.now() - from).toBeGreaterThanOrEqual(60);
});

test('who comes when too many wait is answered at once, and may wait again when one has gone', async () => {
  const shop = shopWith({ waitMs: WHOLE_TEST_MS, lookAgainMs: WHOLE_TEST_MS, mostWaiting: 1 });
  const first = shop.follow();
  expect(await shop.follow()).toBe(PENDING);
  await shop.change();
  expect(await first).toBe('CONFIRMED');
  shop.changeElsewhere(PENDING);
  let answered = false;
  const next = shop.follow().then((status) => {
    answered = true;
    return status;
  });
  await delay(20);
  expect(answered).toBe(false);
  await shop.change();
  expect(await next).toBe('CONFIRMED');
});

test('a process that ends keeps nobody waiting', async () => {
  const shop = shopWith({ waitMs: WHOLE_TEST_MS, lookAgainMs: WHOLE_TEST_MS });
  const waiting = shop.follow();
  await eventually(() => expect(shop.reads()).toBe(1));
  shop.following.end();
  expect(await waiting).toBe(PENDING);
  expect(await shop.follow()).toBe(PENDING);
});
