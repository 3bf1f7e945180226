import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { ClientError, metrics } from '@souk/runtime';
import type { PasswordHasher } from '../app/ports.js';

/**
 * argon2id (the library's default algorithm) at OWASP's minimum: 19 MiB, 2 passes, 1 lane.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Below libuv's four threads, so that hashes never hold up files and names. */
const MAX_AT_ONCE = 2;
/** About 4 s of waiting; beyond that an answer would come too late anyway. */
const MAX_WAITING = 100;

const waitingGauge = metrics.gauge('souk_password_hashes_waiting', 'Password hashes that wait for their turn');
const computed = metrics.counter('souk_password_hashes_total', 'Password hashes that were computed');

/** argon2id with a bounded number of hashes at once: a burst of sign-ins cannot take the machine's memory. */
export async function createPasswordHasher(): Promise<PasswordHasher> {
  const inTurn = createTurnstile(MAX_AT_ONCE, MAX_WAITING);
  const nobodys = await hash(randomBytes(32), OPTIONS);
  return {
    hash: (password) => inTurn(() => hash(password, OPTIONS)),
    verify: async (passwordHash, password) => {
      const matches = await inTurn(() => verify(passwordHash ?? nobodys, password));
      return matches && passwordHash !== undefined;
    },
  };
}

function createTurnstile(atOnce: number, maxWaiting: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) {
        throw new ClientError('RATE_LIMITED', 'Too many people are signing in right now. Try again in a moment.');
      }
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        waitingGauge.set(waiting.length);
      });
    } else running += 1;
    try {
      computed.inc();
      return await work();
    } finally {
      const next = waiting.shift();
      waitingGauge.set(waiting.length);
      if (next) next();
      else running -= 1;
    }
  };
}
