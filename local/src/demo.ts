import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { createShopper, purchase, type Shopper } from './shopper.js';

/**
 * `npm run demo`: buys something from the shop that `npm start` runs and prints each hop of it, from the client's
 * requests over the outboxes and queues to the mail, with ids and times.
 */
const DATA_DIR = process.env.SOUK_DATA_DIR ?? '.souk';
const SERVICES = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
const WAIT_FOR_MAIL_MS = 15_000;

interface Hop {
  readonly at: number;
  readonly where: string;
  readonly what: string;
  readonly id: string;
}

interface Mail {
  readonly subject: string;
  /** ISO 8601. */
  readonly at: string;
  readonly id: string;
}

function runningShop() {
  const state = join(DATA_DIR, 'stack.json');
  if (!existsSync(state)) throw new Error('There is no shop running here. Start one with: npm start');
  const { urls } = JSON.parse(readFileSync(state, 'utf8')) as { urls: Record<string, string> };
  const env = parseEnv(readFileSync(join(DATA_DIR, 'stack.env'), 'utf8'));
  return { graphql: urls.graphql as string, standIns: urls.standIns as string, env };
}

async function chooseVariants(shopper: Shopper): Promise<{ variantId: string; quantity: number; name: string }[]> {
  interface Listing {
    products: { nodes: { slug: string; availableForSale: boolean }[] };
  }
  interface Page {
    product: {
      name: string;
      variants: { id: string; name: string; availableForSale: boolean; quantityAvailable: number | null }[];
    };
  }
  const listing = await shopper.send<Listing>('ProductListing', { first: 24 });
  const slugs = listing.data.products.nodes.filter((node) => node.availableForSale).map((node) => node.slug);
  const pages = await Promise.all(slugs.slice(0, 8).map((slug) => shopper.send<Page>('ProductPage', { slug })));
  const chosen: { variantId: string; quantity: number; name: string }[] = [];
  for (const { data } of pages) {
    if (chosen.length === 2) break;
    const quantity = chosen.length + 1;
    const variant = data.product.variants.find(
      (candidate) => candidate.availableForSale && (candidate.quantityAvailable ?? quantity) >= quantity,
    );
    if (variant) chosen.push({ variantId: variant.id, quantity, name: `${data.product.name}, ${variant.name}` });
  }
  return chosen;
}

/** Events of these things, when they were written, applied by each consumer, and settled. */
async function eventHops(env: NodeJS.Dict<string>, aggregates: readonly string[]): Promise<Hop[]> {
  const clients = await Promise.all(
    SERVICES.map(async (service) => {
      const client = new pg.Client({ connectionString: env[`DATABASE_URL_${service.toUpperCase()}`] });
      await client.connect();
      return { service, client };
    }),
  );
  try {
    const hops: Hop[] = [];
    const events = new Map<string, string>();
    for (const { service, client } of clients) {
      const { rows } = await client.query<{
        id: string;
        type: string;
        occurred_at: Date;
        settled_at: Date | null;
        sends: number;
      }>('SELECT id, type, occurred_at, settled_at, sends FROM outbox_event WHERE aggregate_id = ANY ($1)', [
        aggregates,
      ]);
      for (const row of rows) {
        events.set(row.id, row.type);
        hops.push({
          at: row.occurred_at.getTime(),
          where: `${service} outbox`,
          what: `${row.type} written`,
          id: row.id,
        });
        if (row.settled_at) {
          hops.push({
            at: row.settled_at.getTime(),
            where: `${service} outbox`,
            what: `${row.type} settled: every consumer has applied it`,
            id: row.id,
          });
        }
      }
    }
    for (const { client } of clients) {
      const { rows } = await client.query<{ event_id: string; consumer: string; processed_at: Date }>(
        'SELECT event_id, consumer, processed_at FROM processed_event WHERE event_id = ANY ($1)',
        [[...events.keys()]],
      );
      for (const row of rows) {
        hops.push({
          at: row.processed_at.getTime(),
          where: row.consumer === 'notification' ? 'notification worker' : row.consumer,
          what: `${events.get(row.event_id)} arrived by the queue souk-${row.consumer} and was applied`,
          id: row.event_id,
        });
      }
    }
    return hops;
  } finally {
    await Promise.all(clients.map(({ client }) => client.end()));
  }
}

async function mailsTo(standIns: string, email: string): Promise<Mail[]> {
  const response = await fetch(`${standIns}/control/mail?to=${encodeURIComponent(email)}`);
  const answer = (await response.json()) as { mails: Mail[] };
  return answer.mails;
}

function print(hops: readonly Hop[], from: number): void {
  for (const hop of [...hops].sort((a, b) => a.at - b.at)) {
    console.log(
      `${String(Math.round(hop.at - from)).padStart(6)} ms  ${hop.where.padEnd(20)}  ${hop.what.padEnd(62)}  ${hop.id}`,
    );
  }
}

async function main(): Promise<void> {
  const shop = runningShop();
  const shopper = createShopper(shop.graphql);
  try {
    const lines = await chooseVariants(shopper);
    for (const line of lines) console.log(`buying ${line.quantity} × ${line.name}`);
    const email = `demo-${Date.now()}@souk.example`;
    const hops: Hop[] = [];
    const from = Date.now();
    const bought = await purchase(shopper, shop.standIns, {
      lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
      email,
      onStep: (step, sent) =>
        hops.push({
          at: Date.now(),
          where: 'client → gateway',
          what: `${step} answered after ${Math.round(sent.milliseconds)} ms${Number.isNaN(sent.statements) ? '' : `, ${sent.statements} store statements`}`,
          id: sent.requestId,
        }),
    });
    console.log(
      `order ${bought.number} is ${bought.status} after ${Math.round(bought.milliseconds)} ms; waiting for its mail and for its events to settle …`,
    );

    const deadline = Date.now() + WAIT_FOR_MAIL_MS;
    let mails: Mail[] = [];
    let events: Hop[] = [];
    for (;;) {
      mails = await mailsTo(shop.standIns, email);
      events = await eventHops(shop.env, [bought.orderId, bought.paymentId]);
      const settled = events.filter((hop) => hop.what.includes('settled')).length;
      const written = events.filter((hop) => hop.what.endsWith('written')).length;
      if ((mails.length >= 2 && settled === written) || Date.now() > deadline) break;
      await delay(250);
    }
    hops.push(...events);
    for (const mail of mails)
      hops.push({ at: Date.parse(mail.at), where: 'mailbox', what: `mail “${mail.subject}”`, id: mail.id });
    console.log(
      `\ncart ${bought.cartId}\norder ${bought.orderId}\npayment ${bought.paymentId} (${bought.intentId} at the provider)\n`,
    );
    print(hops, from);
    if (mails.length === 0)
      throw new Error(`No mail came within ${WAIT_FOR_MAIL_MS / 1_000} s. Look at ${DATA_DIR}/logs/worker.log`);
    console.log(`\nThe mail is on ${shop.standIns}`);
  } finally {
    await shopper.close();
  }
}

main().catch((error: unknown) => {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
