import { setTimeout as delay } from 'node:timers/promises';
import { audit } from '@souk/audit/audit';
import { storesFrom } from '@souk/audit/stores';
import { createRandom } from '@souk/local/demoData/random';
import { FAILPOINTS, type FailpointName } from '@souk/runtime';
import { controlProviders } from '../faults/providerFaults.js';
import { historyOf } from '../report/history.js';
import { unfinished } from '../report/quiet.js';
import type { Violation } from '../runChaos.js';
import { type ChaosShop, startChaosShop } from '../shop/chaosShop.js';
import { createBrowser } from '../shoppers/browser.js';
import { stockShelves } from '../shoppers/catalogue.js';
import type { Mall, Purchase } from '../shoppers/shop.js';
import { arm, type CrashingProcess, disarm, type Trap } from './arm.js';
import { LED_BY, PATIENCE_MS, SHOP_KINDS, type ShopKind, shopKindOf, TRIP_OF, TRIPS, type TripName } from './trips.js';

export interface Cell {
  readonly failpoint: FailpointName;
  readonly process: CrashingProcess;
}

/** One kill and what followed. */
export interface Crash {
  readonly cell: Cell;
  /** From the process's return until the purchase had ended and nothing was under way any more, in milliseconds. */
  readonly recoveryMs: number;
  /** From its death until its return. */
  readonly awayMs: number;
  /** What went wrong; undefined when nothing did. */
  readonly fault?: string;
}

export interface MatrixOptions {
  /** Kills per cell. */
  readonly times: number;
  /** Only failpoints whose names begin so. */
  readonly only?: string | undefined;
  /** In its short form each failpoint kills in one process, and several processes at a time: recoveries are not told apart. */
  readonly isShort: boolean;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly keepFolder?: boolean;
}

export interface MatrixResult {
  readonly crashes: readonly Crash[];
  readonly violations: readonly Violation[];
  readonly histories: ReadonlyMap<string, readonly string[]>;
}

/** What the issue asks for: an interrupted purchase has finished or compensated so long after the process's return. */
export const RECOVERY_LIMIT_MS = 15_000;
/** In the short form the same purchase may be interrupted again and again: this is for all of them together. */
const SHORT_FORM_LIMIT_MS = 30_000;
const SPRING_PATIENCE_MS = 90_000;
const REST_PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Each failpoint in each process that passes it. In the short form in one: in that which has the fewest so far. */
export function cells({ only = '', isShort = false }: { only?: string | undefined; isShort?: boolean } = {}): Cell[] {
  const names = (Object.keys(FAILPOINTS) as FailpointName[]).filter((failpoint) => failpoint.startsWith(only));
  const all = names.flatMap((failpoint) => FAILPOINTS[failpoint].in.map((process): Cell => ({ failpoint, process })));
  if (!isShort) return all;
  const chosen: Cell[] = [];
  const load = (process: CrashingProcess): number => chosen.filter((cell) => cell.process === process).length;
  for (const choices of names
    .map((name) => all.filter(({ failpoint }) => failpoint === name))
    .sort((a, b) => a.length - b.length)) {
    const [best] = [...choices].sort((a, b) => load(a.process) - load(b.process));
    if (best !== undefined) chosen.push(best);
  }
  return chosen;
}

/**
 * Kills each process at each of its failpoints, in the middle of a purchase that passes it, and holds the shop to it: the process comes
 * back, the purchase ends as it should within `RECOVERY_LIMIT_MS`, nothing stays under way, and in the end the auditor finds nothing.
 */
export async function runMatrix(o: MatrixOptions): Promise<MatrixResult> {
  const crashes: Crash[] = [];
  const violations: Violation[] = [];
  const histories = new Map<string, readonly string[]>();
  for (const kind of Object.keys(SHOP_KINDS) as ShopKind[]) {
    const wanted = cells(o).filter(({ failpoint }) => shopKindOf(failpoint) === kind);
    if (wanted.length === 0) continue;
    o.log(`a shop that ${kind}: ${wanted.length} cells, ${o.times} times each`);
    const done = await runInShop(o, kind, wanted);
    crashes.push(...done.crashes);
    violations.push(...done.violations);
    for (const [orderId, history] of done.histories) histories.set(orderId, history);
  }
  return { crashes, violations, histories };
}

async function runInShop(o: MatrixOptions, kind: ShopKind, wanted: readonly Cell[]): Promise<MatrixResult> {
  const shop = await startChaosShop({
    paymentWindowSeconds: 600,
    patienceMs: PATIENCE_MS,
    log: o.log,
    env: SHOP_KINDS[kind],
    ...(o.signal === undefined ? {} : { signal: o.signal }),
    ...(o.keepFolder === undefined ? {} : { keepFolder: o.keepFolder }),
  });
  try {
    const mall: Mall = {
      guest: shop.guest,
      staff: shop.staff,
      browser: createBrowser(shop.standIns),
      catalogue: {
        ...(await stockShelves(shop.staff, wanted.length * o.times + 100, createRandom(1))),
        scarce: [],
        codes: [],
      },
      paymentWindowMs: 600_000,
    };
    const crashes: Crash[] = [];
    const add = (crash: Crash): void => {
      crashes.push(crash);
      o.log(`${crashes.length}/${wanted.length * o.times} ${tell(crash)}`);
    };
    for (let time = 0; time < o.times; time += 1) {
      if (o.isShort) (await crashInLanes(o, shop, mall, wanted, time * wanted.length)).forEach(add);
      else for (const cell of wanted) add(await crashAlone(o, shop, mall, cell, crashes.length));
    }
    o.log('auditing');
    const { violations } = await audit(storesFrom(shop.env), { lateMs: 1_000, confirmMs: 6_000 });
    const histories = new Map<string, string[]>();
    for (const { orderId } of violations.slice(0, 5)) {
      if (orderId !== undefined) histories.set(orderId, await historyOf(orderId, shop.databases, shop.standIns));
    }
    return { crashes, violations, histories };
  } finally {
    await shop.stop();
  }
}

const tell = ({ cell, recoveryMs, awayMs, fault }: Crash): string =>
  `${cell.failpoint} (${cell.process}): away ${(awayMs / 1_000).toFixed(1)} s, recovered in ${(recoveryMs / 1_000).toFixed(1)} s${
    fault === undefined ? '' : `: ${fault}`
  }`;

/** One kill: the purchase that it interrupts has to end, and everything to come to rest, before the next. */
async function crashAlone(o: MatrixOptions, shop: ChaosShop, mall: Mall, cell: Cell, index: number): Promise<Crash> {
  o.signal?.throwIfAborted();
  const faults: string[] = [];
  const trap = await arm(shop, cell.process, cell.failpoint, LED_BY[cell.failpoint]);
  const trip = travel(shop, mall, TRIP_OF[cell.failpoint], index, faults);
  const { died, back } = await follow(shop, trap, faults);
  await trip;
  const { at, last } = await rest(shop, faults);
  const recoveryMs = Math.max(0, at - back);
  if (recoveryMs > RECOVERY_LIMIT_MS) faults.push(`took ${recoveryMs} ms to recover, last: ${last.join(', ')}`);
  return { cell, recoveryMs, awayMs: back - died, ...(faults.length === 0 ? {} : { fault: faults.join('; ') }) };
}

/**
 * Kills processes of all kinds at the same time, each as soon as it is back from the last kill. All purchases have to end, and
 * everything to come to rest after the last return: the recovery that is told for each is that of all.
 */
async function crashInLanes(
  o: MatrixOptions,
  shop: ChaosShop,
  mall: Mall,
  wanted: readonly Cell[],
  firstIndex: number,
): Promise<Crash[]> {
  const trips: Promise<void>[] = [];
  const killed: { readonly cell: Cell; readonly faults: string[]; readonly died: number; readonly back: number }[] = [];
  const lane = async (process: CrashingProcess): Promise<void> => {
    for (const cell of wanted.filter((one) => one.process === process)) {
      o.signal?.throwIfAborted();
      const faults: string[] = [];
      const trap = await arm(shop, process, cell.failpoint, LED_BY[cell.failpoint]);
      trips.push(travel(shop, mall, TRIP_OF[cell.failpoint], firstIndex + trips.length, faults));
      killed.push({ cell, faults, ...(await follow(shop, trap, faults)) });
      o.log(`${killed.length} of ${wanted.length} kills: ${cell.failpoint} (${process})`);
    }
  };
  await Promise.all([...new Set(wanted.map(({ process }) => process))].map(lane));
  const lastBack = Math.max(...killed.map(({ back }) => back));
  await Promise.all(trips);
  const restFaults: string[] = [];
  // A message or document that could not be made while a service was away waits for its next attempt, each twice as long: no purchase
  // waits for it.
  const { at, last } = await rest(shop, restFaults, (what) => !/(messages|documents)$/.test(what));
  const recoveryMs = Math.max(0, at - lastBack);
  if (recoveryMs > SHORT_FORM_LIMIT_MS) restFaults.push(`took ${recoveryMs} ms to recover, last: ${last.join(', ')}`);
  await rest(shop, restFaults);
  return killed.map(({ cell, faults, died, back }) => {
    const fault = [...faults, ...restFaults].join('; ');
    return { cell, recoveryMs, awayMs: back - died, ...(fault === '' ? {} : { fault }) };
  });
}

async function travel(shop: ChaosShop, mall: Mall, trip: TripName, index: number, faults: string[]): Promise<void> {
  const purchase: Purchase = { index, kind: trip, email: `crash-${index}@test.example`, otherOrders: [] };
  const { goes, endsAs } = TRIPS[trip];
  try {
    await goes(mall, purchase, shop);
    const found = await shop.databases.query<{ status: string }>(
      'order',
      'SELECT status FROM orders WHERE cart_id = $1',
      [purchase.cartId],
    );
    const ended = found.map(({ status }) => status).join(' and ') || null;
    if (ended !== endsAs) faults.push(`"${trip}" ended ${ended}, not ${endsAs} (${purchase.orderId})`);
  } catch (error) {
    faults.push(`"${trip}" did not end: ${error instanceof Error ? error.message : 'unknown'} (${purchase.orderId})`);
  }
}

/** When the process died and when it was back. */
async function follow(shop: ChaosShop, trap: Trap, faults: string[]): Promise<{ died: number; back: number }> {
  const deadline = Date.now() + SPRING_PATIENCE_MS;
  while (!(await trap.hasSprung())) {
    if (Date.now() > deadline) {
      faults.push(`${trap.failpoint} was never passed in ${trap.process}`);
      await disarm(shop, trap.process);
      return { died: Date.now(), back: Date.now() };
    }
    await delay(20);
  }
  const died = Date.now();
  while (!trap.isBack()) {
    if (Date.now() > deadline + SPRING_PATIENCE_MS) {
      faults.push(`${trap.process} did not come back`);
      break;
    }
    await delay(20);
  }
  return { died, back: Date.now() };
}

/** When nothing (of what counts) was under way any more, and what had been until then. */
async function rest(
  shop: ChaosShop,
  faults: string[],
  counts: (what: string) => boolean = () => true,
): Promise<{ at: number; last: readonly string[] }> {
  const providers = controlProviders(shop.standIns);
  let last: string[] = [];
  for (const deadline = Date.now() + REST_PATIENCE_MS; Date.now() < deadline; await delay(LOOK_EVERY_MS)) {
    const lookedAt = Date.now();
    const left = await unfinished(shop.databases, providers).catch(() => ['a store that cannot be asked']);
    if (!left.some(counts)) return { at: lookedAt, last };
    last = left.filter(counts);
  }
  faults.push(`there is still: ${last.join(', ')}`);
  return { at: Date.now(), last };
}
