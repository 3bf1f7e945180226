import type { Store } from '../openStore.js';
import { createWebhookPosters, type Letter, type PostOutcome } from './webhookPost.js';

/** An event of some provider, committed before it is delivered. */
export interface Tellable {
  readonly id: string;
  /** False: the webhook endpoint does not listen to this type. */
  readonly wanted: boolean;
}

/** How webhooks misbehave. The default is none of it: each event once, at once, roughly in order. */
export interface WebhookMode {
  /** Nothing is sent until it is resumed; nothing is lost either. */
  readonly paused: boolean;
  /** Each event waits so long before its first attempt. */
  readonly delayMs: number;
  /** Each event is sent so many times more, at the same time. */
  readonly duplicates: number;
  /** Events of each window of so many milliseconds are sent newest first. 0: off. */
  readonly reorderWindowMs: number;
}

export const CALM: WebhookMode = { paused: false, delayMs: 0, duplicates: 0, reorderWindowMs: 0 };

/** One attempt to deliver, shown by the control API. */
export interface Attempt {
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: PostOutcome;
}

export interface WebhookCourier<E extends Tellable> {
  /** Delivers these events, with retries, until each was answered with 2xx. */
  enqueue(events: readonly E[]): void;
  /** Sends an event again, whether it was delivered or not. */
  deliverAgain(event: E): void;
  /** The last attempts for an event by this process, oldest first. */
  attempts(eventId: string): readonly Attempt[];
  /** Deliveries that wait or are under way. */
  readonly pending: number;
  mode(): WebhookMode;
  setMode(mode: WebhookMode): void;
  /** Forgets everything that is not delivered. */
  clear(): void;
  close(): void;
}

interface Job<E> {
  readonly event: E;
  readonly sequence: number;
  readonly failures: number;
  readonly dueAt: number;
}

const CONCURRENCY = 16;
const FIRST_RETRY_MS = 250;
/** A service that was killed gets its webhooks soon after it is back. Stripe itself waits for up to hours. */
const LONGEST_RETRY_MS = 5_000;
const ATTEMPT_TIMEOUT_MS = 10_000;
const ATTEMPTS_KEPT = 10;
const EVENTS_KEPT = 2_000;

/**
 * Starts delivering; `write` makes the signed request of an event at the time it is sent. Events that were committed and
 * not delivered before a crash are sent by the first call of `enqueue` with the store's undelivered ones. While an
 * endpoint cannot be reached at all, one attempt at a time probes it.
 */
export function startWebhookCourier<E extends Tellable>(options: {
  write: (event: E, at: Date) => Letter;
  store: Store;
  /** Called after each attempt, whatever came of it. */
  onAttempt: () => void;
}): WebhookCourier<E> {
  const { store } = options;
  const posters = createWebhookPosters(ATTEMPT_TIMEOUT_MS);
  const history = new Map<string, Attempt[]>();
  let mode = CALM;
  let waiting: Job<E>[] = [];
  let underWay = 0;
  let sequence = 0;
  let unreachable = 0;
  let closedUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let generation = 0;
  let closed = false;

  /** Due first; of those due at the same time the older one, or with reordering the newer one. */
  const byTurn = (a: Job<E>, b: Job<E>): number =>
    a.dueAt - b.dueAt || (mode.reorderWindowMs > 0 ? b.sequence - a.sequence : a.sequence - b.sequence);

  const schedule = (inMs: number): void => {
    if (closed) return;
    if (timer !== undefined) clearTimeout(timer);
    timer = setTimeout(work, Math.max(0, inMs));
  };

  const work = (): void => {
    timer = undefined;
    if (closed || mode.paused || waiting.length === 0) return;
    const now = Date.now();
    waiting.sort(byTurn);
    const most = unreachable > 0 || mode.reorderWindowMs > 0 ? 1 : CONCURRENCY;
    while (underWay < most && now >= closedUntil) {
      const [job] = waiting;
      if (job === undefined || job.dueAt > now) break;
      waiting.shift();
      underWay += 1;
      void deliver(job, generation);
    }
    const [next] = waiting;
    // With all places taken, the end of a delivery is what wakes us.
    if (next !== undefined && underWay < most) schedule(Math.max(next.dueAt, closedUntil) - now);
  };

  const deliver = async (job: Job<E>, began: number): Promise<void> => {
    const { event } = job;
    const startedAt = Date.now();
    const outcome = await posters.post(options.write(event, new Date(startedAt)));
    underWay -= 1;
    if (closed || began !== generation) return schedule(0);
    const attempts = remember(event.id, {
      at: new Date(startedAt).toISOString(),
      durationMs: Date.now() - startedAt,
      outcome,
    });
    const answered = 'status' in outcome;
    unreachable = answered ? 0 : unreachable + 1;
    closedUntil = answered ? 0 : Date.now() + backOff(unreachable, 1_000);
    if (answered && outcome.status >= 200 && outcome.status < 300) {
      if (store.get('delivered', event.id) === undefined) {
        store.commit([['delivered', { id: event.id, at: new Date().toISOString(), attempts }]]);
      }
    } else {
      const failures = job.failures + 1;
      waiting.push({ ...job, failures, dueAt: Date.now() + (answered ? backOff(failures, LONGEST_RETRY_MS) : 0) });
    }
    options.onAttempt();
    schedule(0);
  };

  const remember = (eventId: string, attempt: Attempt): number => {
    const attempts = history.get(eventId) ?? [];
    attempts.push(attempt);
    if (attempts.length > ATTEMPTS_KEPT) attempts.shift();
    history.set(eventId, attempts);
    if (history.size > EVENTS_KEPT) {
      const oldest = history.keys().next().value;
      if (oldest !== undefined) history.delete(oldest);
    }
    return attempts.length;
  };

  const add = (event: E, dueAt: number): void => {
    sequence += 1;
    waiting.push({ event, sequence, failures: 0, dueAt });
  };

  return {
    enqueue(events) {
      const now = Date.now();
      const window = mode.reorderWindowMs;
      const dueAt = (window === 0 ? now : Math.ceil((now + 1) / window) * window) + mode.delayMs;
      for (const event of events) {
        if (!event.wanted) continue;
        for (let copy = 0; copy <= mode.duplicates; copy += 1) add(event, dueAt);
      }
      schedule(0);
    },
    deliverAgain(event) {
      add(event, Date.now());
      schedule(0);
    },
    attempts: (eventId) => history.get(eventId) ?? [],
    get pending() {
      return waiting.length + underWay;
    },
    mode: () => mode,
    setMode(next) {
      mode = next;
      schedule(0);
    },
    clear() {
      waiting = [];
      history.clear();
      generation += 1;
    },
    close() {
      closed = true;
      if (timer !== undefined) clearTimeout(timer);
      posters.close();
    },
  };
}

function backOff(failures: number, longestMs: number): number {
  const ms = Math.min(longestMs, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10));
  return ms * (0.5 + Math.random() / 2);
}
