import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@souk/testkit';
import { fillCart, placeOrder, purchase, type Shopper } from '../../local/src/shopper.js';
import type { Stack } from '../../local/src/stack.js';
import { type OwnShop, startOwnShop } from './ownShop.js';
import { type Created, createProduct, mailsTo, uniqueEmail } from './shop.js';

/** A shop whose services are one process: the same product, with the same promises. */
let own: OwnShop;
let dataDir: string;
let stack: Stack;
let guest: Shopper;
let product: Created;

beforeAll(async () => {
  own = await startOwnShop({ oneProcess: true, env: { LOG_LEVEL: 'info' } });
  ({ dataDir, stack, guest } = own);
  product = await createProduct(own.staff, { onHand: 1_000 });
}, 120_000);
afterAll(() => own?.stop(), 60_000);

interface OrderView {
  order: { status: string; paymentStatus: string };
}
const lines = () => [{ variantId: product.variantId, quantity: 2 }];
const mails = (email: string) => mailsTo({ urls: stack.urls, env: stack.env, accounts: [] }, email);

/** Requests to subgraphs that came over the network, so far. */
async function overNetwork(): Promise<number> {
  const text = await (await fetch(`${stack.urls.gateway}/metrics`)).text();
  const counts = [...text.matchAll(/^souk_http_request_seconds_count\{[^}]*route="\/graphql"[^}]*\} (\d+)/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

test('there is one process of ours beside the stores and the stand-ins', () => {
  expect([...stack.processes.keys()].sort()).toEqual(['documentStore', 'gateway', 'postgres', 'redis', 'standIns']);
});

test('a purchase is confirmed and told by one mail; its calls between services stay in the process', async () => {
  const buy = async () => {
    const email = uniqueEmail();
    const bought = await purchase(guest, stack.urls.standIns, { lines: lines(), email });
    const { data } = await guest.send<OrderView>('Order', { id: bought.orderId });
    expect(data.order).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
    await eventually(async () => {
      const told = await mails(email);
      expect(told.filter(({ subject }) => /confirm/i.test(subject))).toHaveLength(1);
      expect(told).toHaveLength(2);
    });
    return bought;
  };
  // what has never been asked comes over the network once
  for (let run = 0; run < 3; run += 1) await buy();
  const before = await overNetwork();
  const { requests } = await buy();
  // What the gateway itself was asked and one look at the order; beside them at most some background work that asks for the first time. Of
  // services that each have a process there would be twice as many.
  expect((await overNetwork()) - before).toBeLessThan(requests + 4);
}, 60_000);

test('killed in the middle of purchases, it loses none of them', async () => {
  const emails = Array.from({ length: 5 }, () => uniqueEmail());
  const placed = await Promise.allSettled(
    emails.map(async (email, index) => {
      const { cart } = await fillCart(guest, { lines: lines(), email });
      const { id } = (await placeOrder(guest, cart)).data.orderPlace.order;
      if (index === 3) stack.processes.get('gateway')?.kill('SIGKILL');
      return { id, email };
    }),
  );
  const orders = placed.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(orders.length).toBeGreaterThan(0);
  await eventually(
    async () => {
      for (const { id, email } of orders) {
        const { data } = await guest.send<OrderView>('Order', { id });
        expect(data.order.status).toBe('PENDING_PAYMENT');
        expect((await mails(email)).length).toBe(1);
      }
    },
    { timeoutMs: 60_000 },
  );
}, 120_000);

test('told to stop, it closes everything and ends in time', async () => {
  await stack.processes.get('gateway')?.stop();
  const log = await readFile(join(dataDir, 'logs', 'gateway.log'), 'utf8');
  const last = log.trim().split('\n').slice(-30).join('\n');
  expect(last).toContain('"msg":"stopped"');
  expect(log).not.toContain('stopped before all work was finished');
  expect(log).not.toContain('closing failed');
}, 30_000);
