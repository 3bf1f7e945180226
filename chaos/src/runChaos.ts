import { audit } from '@souk/audit/audit';
import { storesFrom } from '@souk/audit/stores';
import { createRandom } from '@souk/local/demoData/random';
import { createDirector } from './faults/director.js';
import type { Scene } from './faults/faultKinds.js';
import { controlProviders } from './faults/providerFaults.js';
import { type PlannedFault, planFaults } from './faults/schedule.js';
import { historyOf } from './report/history.js';
import { brokenPromises } from './report/promises.js';
import { awaitQuiet, type Quiet } from './report/quiet.js';
import { type ChaosShop, startChaosShop } from './shop/chaosShop.js';
import { createBrowser } from './shoppers/browser.js';
import { stockShelves } from './shoppers/catalogue.js';
import { shop as goShopping } from './shoppers/habits.js';
import type { Mall, Purchase } from './shoppers/shop.js';

export interface ChaosOptions {
  readonly purchases: number;
  readonly seed: number;
  /** Shoppers at once. */
  readonly shoppers: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Does something to the shop at rest, before the auditor looks: a bug that must be found. */
  readonly plant?: (shop: ChaosShop) => Promise<void>;
  /** Does so after the auditor has looked; it looks once more, and `found` is what it says then. */
  readonly thenPlant?: (shop: ChaosShop) => Promise<void>;
  /** Keeps logs and data; its folder is told. */
  readonly keepFolder?: boolean;
}

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
  readonly orderId?: string | undefined;
}

export interface ChaosResult {
  readonly purchases: readonly Purchase[];
  readonly faults: readonly PlannedFault[];
  readonly quiet: Quiet;
  readonly invariants: readonly { readonly name: string; readonly rows: number; readonly violations: number }[];
  readonly violations: readonly Violation[];
  /** After `thenPlant`. */
  readonly found: readonly Violation[];
  /** Of the orders that violate something, by their ids. */
  readonly histories: ReadonlyMap<string, readonly string[]>;
  readonly retries: ReadonlyMap<string, number>;
  readonly seconds: { readonly shopping: number; readonly all: number };
}

const PAYMENT_WINDOW_SECONDS = 15;
const SHOPPERS_PATIENCE_MS = 60_000;
const QUIET_PATIENCE_MS = 240_000;
const MOST_HISTORIES = 10;
const TELL_EVERY_MS = 5_000;

/**
 * A whole shop as real processes, shoppers who buy at once and try again, and everything going wrong meanwhile: then all is healed, the
 * shop comes to rest, and the auditor and the shoppers say what is wrong. The faults are those of the seed, counted in purchases.
 */
export async function runChaos(o: ChaosOptions): Promise<ChaosResult> {
  const from = Date.now();
  const plan = planFaults(o.seed, o.purchases);
  o.log(`seed ${o.seed}: ${o.purchases} purchases, ${plan.length} faults, ${o.shoppers} shoppers at once`);
  const shop = await startChaosShop({
    paymentWindowSeconds: PAYMENT_WINDOW_SECONDS,
    patienceMs: SHOPPERS_PATIENCE_MS,
    log: o.log,
    ...(o.signal === undefined ? {} : { signal: o.signal }),
    ...(o.keepFolder === undefined ? {} : { keepFolder: o.keepFolder }),
  });
  try {
    const providers = controlProviders(shop.standIns);
    const scene: Scene = { shop, providers };
    const mall: Mall = {
      guest: shop.guest,
      staff: shop.staff,
      browser: createBrowser(shop.standIns),
      catalogue: await stockShelves(shop.staff, o.purchases, createRandom(o.seed)),
      paymentWindowMs: PAYMENT_WINDOW_SECONDS * 1_000,
    };
    o.log('the shelves are full; the shoppers come');
    const director = createDirector(scene, plan, o.log);
    const shoppingFrom = Date.now();
    const purchases = await letThemShop(o, mall, (begun) => director.progress(begun));
    const shopping = (Date.now() - shoppingFrom) / 1_000;
    o.log(`all ${purchases.length} purchases are through after ${shopping.toFixed(0)} s; healing everything`);
    await director.healAll();
    const quiet = await awaitQuiet({
      databases: shop.databases,
      providers,
      patienceMs: QUIET_PATIENCE_MS,
      log: o.log,
      signal: o.signal,
    });
    o.log(quiet.isQuiet ? `quiet after ${quiet.seconds} s; auditing` : `NOT quiet after ${quiet.seconds} s; auditing`);
    await o.plant?.(shop);
    const look = () => audit(storesFrom(shop.env), { lateMs: quiet.isQuiet ? 1_000 : 60_000, confirmMs: 6_000 });
    const audited = await look();
    const violations: Violation[] = [
      ...audited.violations,
      ...(await brokenPromises(purchases, shop.databases)),
      ...(quiet.isQuiet ? [] : [{ invariant: 'comes-to-rest', detail: `still there: ${quiet.left.join(', ')}` }]),
    ];
    const histories = await historiesOf(violations, shop);
    await o.thenPlant?.(shop);
    return {
      purchases,
      faults: director.injected,
      quiet,
      invariants: audited.invariants.map(({ name, rows, violations: { length } }) => ({
        name,
        rows,
        violations: length,
      })),
      violations,
      found: o.thenPlant === undefined ? [] : (await look()).violations,
      histories,
      retries: shop.guest.retries,
      seconds: { shopping, all: (Date.now() - from) / 1_000 },
    };
  } finally {
    await shop.stop();
  }
}

/** So many shoppers at once; each begins a purchase when it has ended the one before. */
async function letThemShop(
  o: ChaosOptions,
  mall: Mall,
  progress: (begun: number) => Promise<void>,
): Promise<Purchase[]> {
  const done: Purchase[] = [];
  let begun = 0;
  let toldDone = 0;
  const telling = setInterval(() => {
    // when nothing moves: on what the shoppers wait
    const waiting = [...mall.guest.waitingFor(), ...mall.staff.waitingFor(), ...mall.browser.waitingFor()];
    const stuck = done.length === toldDone ? `; waiting for ${waiting.join(', ') || 'the time to pass'}` : '';
    toldDone = done.length;
    o.log(`${done.length} of ${o.purchases} purchases are through${stuck}`);
  }, TELL_EVERY_MS);
  const shopper = async (): Promise<void> => {
    while (begun < o.purchases) {
      o.signal?.throwIfAborted();
      begun += 1;
      const index = begun;
      await progress(index);
      done.push(await goShopping(mall, o.seed, index));
    }
  };
  try {
    await Promise.all(Array.from({ length: o.shoppers }, shopper));
  } finally {
    clearInterval(telling);
  }
  return done.sort((a, b) => a.index - b.index);
}

async function historiesOf(violations: readonly Violation[], shop: ChaosShop): Promise<Map<string, string[]>> {
  const ids = [...new Set(violations.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId])))];
  const histories = new Map<string, string[]>();
  for (const id of ids.slice(0, MOST_HISTORIES)) histories.set(id, await historyOf(id, shop.databases, shop.standIns));
  return histories;
}
