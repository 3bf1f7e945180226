import { clientNetwork, type Viewer } from '@souk/runtime';
import type { OperationClass } from './operationClasses.js';
import type { Allowance, RateLimiter } from './rateLimiter.js';

type Limit = OperationClass | 'request';

interface Allowances {
  readonly address?: Allowance;
  readonly user?: Allowance;
}

const perMinute = (points: number, lease: number): Allowance => ({ points, windowSeconds: 60, lease });

/**
 * What an address and a user may do in a minute. `request` is every call of the endpoint, before it is even read; the others are
 * counted by what its operation does. What guesses at secrets or costs money is counted exactly.
 */
const ALLOWANCES: Readonly<Record<Limit, Allowances>> = {
  request: { address: perMinute(1_200, 40) },
  read: { user: perMinute(1_200, 40) },
  write: { address: perMinute(300, 10), user: perMinute(300, 10) },
  lookup: { address: perMinute(20, 1), user: perMinute(20, 1) },
  payment: { address: perMinute(30, 1), user: perMinute(20, 1) },
  credentials: { address: perMinute(20, 1), user: perMinute(20, 1) },
};

export interface RequestLimits {
  /** Answers 0, or in how many seconds the address may call again. */
  request(address: string): number | Promise<number>;
  /** Counts an operation of these classes, for its address and its user; 0, or the seconds to wait. */
  operation(classes: ReadonlySet<OperationClass>, address: string, viewer: Viewer): number | Promise<number>;
}

/** The limits of this shop: the table above, each number times `factor`. */
export function createRequestLimits(limiter: RateLimiter, factor: number): RequestLimits {
  const scaled = (allowance: Allowance): Allowance => ({
    ...allowance,
    points: Math.max(1, Math.round(allowance.points * factor)),
    lease: allowance.lease === 1 && factor <= 1 ? 1 : Math.max(1, Math.round(allowance.lease * factor)),
  });
  const table = Object.fromEntries(
    Object.entries(ALLOWANCES).map(([limit, { address, user }]) => [
      limit,
      { ...(address ? { address: scaled(address) } : {}), ...(user ? { user: scaled(user) } : {}) },
    ]),
  ) as Record<Limit, Allowances>;

  const take = (limit: Limit, who: keyof Allowances, subject: string): number | Promise<number> => {
    const allowance = table[limit][who];
    return allowance ? limiter.take(`${limit}:${who}`, subject, allowance) : 0;
  };

  return {
    request: (address) => take('request', 'address', clientNetwork(address)),
    operation(classes, address, viewer) {
      const waits: (number | Promise<number>)[] = [];
      for (const name of classes) {
        waits.push(take(name, 'address', clientNetwork(address)));
        if (viewer.kind === 'user') waits.push(take(name, 'user', viewer.userId));
      }
      return waits.every((wait) => wait === 0) ? 0 : Promise.all(waits).then((seconds) => Math.max(0, ...seconds));
    },
  };
}
