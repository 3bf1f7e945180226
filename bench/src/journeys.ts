import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_ACCOUNTS } from '@souk/local/demoData/index';
import { createShopper, fillCart, operationText, purchase, type Sent, type Shopper } from '@souk/local/shopper';
import { createClient } from './client.js';
import { statementsSoFar } from './statements.js';
import type { Target } from './target.js';

export interface Journey {
  readonly name: string;
  readonly work: (worker: number, run: number) => Promise<void>;
  /** Statements that one run sends to stores, over all services. */
  readonly statements?: () => Promise<number>;
  /** How many times longer it takes to warm up: a purchase runs the code of all services, each seldom. */
  readonly hops?: number;
  /** Measured with so many loops, if not with as many as the whole run. */
  readonly concurrency?: number;
  /** Requests to the gateway since this was asked last, and whether the CPU time of each process is of interest. */
  readonly requests?: () => number;
  /** The same read, on the subgraph that owns it. */
  readonly direct?: (worker: number, run: number) => Promise<void>;
}

interface Listing {
  products: { nodes: { id: string; slug: string; name: string; availableForSale: boolean }[] };
}
interface Page {
  product: { id: string; name: string; variants: { id: string; quantityAvailable: number | null }[] };
}

const WORDS = ['lamp', 'chair', 'knife', 'shirt', 'jacket', 'book', 'tent', 'bottle'];

/** The journeys that are measured, over what the demo catalogue has. */
export async function journeys(o: { target: Target; shopper: Shopper; concurrency: number }): Promise<Journey[]> {
  const { target, shopper } = o;
  const product = createClient(`${target.urls.product}/graphql`, {
    service: 'product',
    identitySecret: target.identitySecret,
  });
  const stock = await stockedProducts(target, shopper);
  const slugOf = (run: number) => stock[run % stock.length]?.slug as string;
  const variantOf = (run: number) => stock[run % stock.length]?.variantId as string;
  const listing = operationText('ProductListing');
  const page = operationText('ProductPage');
  const search = operationText('SearchWithFacets');
  const filters = (run: number) => ({ query: WORDS[run % WORDS.length], inStock: true, first: 24 });
  const of = async (sent: Promise<Sent<unknown>>) => (await sent).statements;

  const carts = await Promise.all(
    Array.from({ length: o.concurrency }, async (_, worker) => {
      const { cart } = await fillCart(shopper, {
        lines: [{ variantId: variantOf(worker), quantity: 1 }],
        email: `cart-${worker}@bench.example`,
      });
      return { id: cart.id, quantity: 1 };
    }),
  );
  const addLine = async (worker: number, run: number) => {
    const cart = carts[worker] as { id: string; quantity: number };
    const sent = await shopper.send<unknown>('CartLinesAdd', {
      cartId: cart.id,
      lines: [{ variantId: variantOf(run % 5), quantity: 1 }],
    });
    return sent.statements;
  };
  let requests = 0;
  const buy = async (worker: number, run: number, buyer: Shopper = shopper) => {
    const bought = await purchase(buyer, target.urls.standIns as string, {
      lines: [
        { variantId: variantOf(worker * 7 + run), quantity: 1 },
        { variantId: variantOf(worker * 7 + run + 1), quantity: 1 },
      ],
      email: `guest-${worker}-${run}@bench.example`,
    });
    requests += bought.requests;
    return bought;
  };
  const requestsSoFar = () => {
    const sent = requests;
    requests = 0;
    return sent;
  };
  const customer = await customerWithOrders(target, buy);

  return [
    {
      name: 'product listing (24)',
      work: async () => void (await shopper.send('ProductListing', { first: 24 })),
      statements: () => of(shopper.send('ProductListing', { first: 24 })),
      direct: async () => void (await product.send(listing, { first: 24 })),
    },
    {
      name: 'product page',
      work: async (_, run) => void (await shopper.send('ProductPage', { slug: slugOf(run) })),
      statements: () => of(shopper.send('ProductPage', { slug: slugOf(1) })),
      direct: async (_, run) => void (await product.send(page, { slug: slugOf(run) })),
    },
    {
      name: 'search with facets',
      work: async (_, run) => void (await shopper.send('SearchWithFacets', filters(run))),
      statements: () => of(shopper.send('SearchWithFacets', filters(3))),
      direct: async (_, run) => void (await product.send(search, filters(run))),
    },
    {
      name: 'cart add, new cart',
      work: async (_, run) =>
        void (await shopper.send('CartCreate', { input: { lines: [{ variantId: variantOf(run), quantity: 1 }] } })),
      statements: () =>
        of(shopper.send('CartCreate', { input: { lines: [{ variantId: variantOf(2), quantity: 1 }] } })),
    },
    {
      name: 'cart add, existing cart',
      work: async (worker, run) => void (await addLine(worker, run)),
      statements: () => addLine(0, 1),
    },
    {
      name: 'whole purchase (2 lines)',
      hops: 12,
      requests: requestsSoFar,
      work: async (worker, run) => void (await buy(worker, run)),
      statements: async () => {
        const runs = 5;
        await delay(3_000);
        const before = await statementsSoFar(target.urls, target.metered);
        for (let run = 0; run < runs; run += 1) await buy(90, run);
        await delay(3_000);
        return ((await statementsSoFar(target.urls, target.metered)) - before) / runs;
      },
    },
    ...[8, 64].map((shoppers) => ({
      name: `whole purchase (2 lines), ${shoppers} shoppers`,
      concurrency: shoppers,
      requests: requestsSoFar,
      work: async (worker: number, run: number) => void (await buy(worker, run)),
    })),
    {
      name: 'order history (10 orders)',
      work: async () => void (await customer.send('OrderHistory', { first: 10 })),
      statements: () => of(customer.send('OrderHistory', { first: 10 })),
    },
  ];
}

/** Products that can be bought and sent as a parcel, with stock added so that the run does not sell them out. */
async function stockedProducts(target: Target, shopper: Shopper): Promise<{ slug: string; variantId: string }[]> {
  const listing = await shopper.send<Listing>('ProductListing', { first: 60, sort: 'NEWEST' });
  const staff = await signIn(target, DEMO_ACCOUNTS.admin);
  const found: { slug: string; variantId: string }[] = [];
  for (const { slug } of listing.data.products.nodes) {
    const page = await shopper.send<Page>('ProductPage', { slug });
    const variantId = page.data.product.variants[0]?.id;
    if (variantId === undefined) continue;
    const idempotencyKey = `bench-${randomUUID()}`;
    await staff.send('InventoryAdjust', { variantId, delta: 100_000, reason: 'RECEIVED', idempotencyKey });
    const lines = [{ variantId, quantity: 4 }];
    const isParcel = await fillCart(shopper, { lines, email: 'parcel@bench.example' }).then(
      () => true,
      () => false,
    );
    if (isParcel) found.push({ slug, variantId });
  }
  await staff.close();
  if (found.length < 10) throw new Error(`only ${found.length} products can be sent as a parcel: seed the demo data`);
  return found;
}

async function signIn(target: Target, { email, password }: { email: string; password: string }): Promise<Shopper> {
  const shopper = createShopper(target.urls.graphql, { connections: 64 });
  const session = await shopper.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', { email, password });
  shopper.setToken(session.data.sessionCreate.accessToken);
  return shopper;
}

/** A signed-in customer who has ten orders. */
async function customerWithOrders(
  target: Target,
  buy: (worker: number, run: number, buyer: Shopper) => Promise<unknown>,
): Promise<Shopper> {
  const customer = await signIn(target, DEMO_ACCOUNTS.customer);
  const history = await customer.send<{ me: { orders: { totalCount: number } } }>('OrderHistory', { first: 10 });
  for (let run = history.data.me.orders.totalCount; run < 10; run += 1) await buy(50, run, customer);
  return customer;
}
