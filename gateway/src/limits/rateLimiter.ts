import { keepConnected, within } from '@souk/outbox/redis';
import { type Logger, metrics } from '@souk/runtime';

/** So much of one kind may one subject do within a window. */
export interface Allowance {
  /** Points in a window. */
  readonly points: number;
  readonly windowSeconds: number;
  /** Points that a process takes from Redis at once, to spend without asking again; 1 is exact over all processes. */
  readonly lease: number;
}

/** Spent from what this process holds for a subject. */
interface Purse {
  points: number;
  endsAt: number;
  /** The window has no more until it ends: nobody need be asked. */
  isEmpty: boolean;
  /** Until when this process counts for itself. */
  aloneUntil: number;
  /** Set while Redis is being asked for more. */
  asking: Promise<void> | undefined;
}

export interface RateLimiter {
  /** Answers 0 when the subject may go on, else in how many seconds it may. Never rejects, and never waits long for Redis. */
  take(name: string, subject: string, allowance: Allowance): number | Promise<number>;
  close(): Promise<void>;
}

const MAX_SUBJECTS = 50_000;
const REDIS_TIMEOUT_MS = 100;

const refused = metrics.counter('souk_rate_limited_total', 'Requests that were refused for their number', ['limit']);
const alone = metrics.gauge('souk_rate_limits_local', '1 while each process limits by itself, since Redis is away');

/**
 * One round trip: takes up to ARGV[1] points of ARGV[2] that a window has, and answers how many were granted and the milliseconds
 * until the window ends. A window begins with its first point.
 */
const TAKE = `
local taken = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  left = tonumber(ARGV[3])
end
local before = taken - ARGV[1]
return { math.max(0, math.min(ARGV[1], ARGV[2] - before)), left }`;

/**
 * Limits what a subject (an address, a user) may do, counted in Redis over all gateways. Each process takes a few points at once and
 * spends them without asking, so that an ordinary request costs no round trip; what must be exact is taken point by point. While Redis is away each
 * process counts for itself: never open, and never an outage.
 */
export function createRateLimiter(o: { redisUrl: string; logger: Logger; now?: () => number }): RateLimiter {
  const now = o.now ?? Date.now;
  const purses = new Map<string, Purse>();
  alone.set(1);
  const redis = keepConnected({
    url: o.redisUrl,
    name: 'rate limits',
    logger: o.logger,
    maxBackoffMs: 2_000,
    onReady: () => alone.set(0),
    onLost: () => alone.set(1),
  });

  async function askRedis(key: string, { points, windowSeconds, lease }: Allowance): Promise<[number, number]> {
    const client = redis.current();
    if (client === undefined) throw new Error('redis is away');
    const asked = client.eval(TAKE, {
      keys: [`souk:rate:${key}`],
      arguments: [String(lease), String(points), String(windowSeconds * 1_000)],
    });
    return (await within(REDIS_TIMEOUT_MS, 'Redis', asked)) as [number, number];
  }

  async function refill(key: string, purse: Purse, allowance: Allowance): Promise<void> {
    try {
      const [granted, leftMs] = await askRedis(key, allowance);
      purse.points += granted;
      purse.endsAt = now() + leftMs;
      purse.isEmpty = granted === 0;
    } catch {
      // Alone: the whole allowance of a window, once, counted here.
      purse.isEmpty = purse.aloneUntil > now();
      if (purse.isEmpty) return;
      purse.points = allowance.points;
      purse.endsAt = now() + allowance.windowSeconds * 1_000;
      purse.aloneUntil = purse.endsAt;
    }
  }

  function purseOf(key: string): Purse {
    const known = purses.get(key);
    if (known) {
      purses.delete(key);
      purses.set(key, known); // to the young end: the map's order is the order of use
      return known;
    }
    if (purses.size >= MAX_SUBJECTS) purses.delete(purses.keys().next().value as string);
    const purse: Purse = { points: 0, endsAt: 0, isEmpty: false, aloneUntil: 0, asking: undefined };
    purses.set(key, purse);
    return purse;
  }

  /** Asks for more until there is a point for this one too: many may wait for the same answer. */
  async function takeSlowly(key: string, purse: Purse, allowance: Allowance): Promise<boolean> {
    while (!purse.isEmpty) {
      purse.asking ??= refill(key, purse, allowance).finally(() => {
        purse.asking = undefined;
      });
      await purse.asking;
      if (purse.points > 0) {
        purse.points -= 1;
        return true;
      }
    }
    return false;
  }

  function waitOf(name: string, purse: Purse): number {
    refused.inc({ limit: name });
    return Math.max(1, Math.ceil((purse.endsAt - now()) / 1_000));
  }

  return {
    take(name, subject, allowance) {
      const key = `${name}:${subject}`;
      const purse = purseOf(key);
      if (purse.endsAt <= now()) {
        purse.points = 0;
        purse.isEmpty = false;
      }
      if (purse.points > 0) {
        purse.points -= 1;
        return 0;
      }
      if (purse.isEmpty) return waitOf(name, purse);
      return takeSlowly(key, purse, allowance).then((taken) => (taken ? 0 : waitOf(name, purse)));
    },
    close: () => redis.close(),
  };
}
