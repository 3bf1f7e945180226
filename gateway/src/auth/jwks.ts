import type { Logger } from '@souk/runtime';
import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { request } from 'undici';

/** How often the keys are fetched again in the background, so that a rotated key is known before its first token comes. */
const REFRESH_EVERY_MS = 5 * 60_000;
/** Tokens with invented key ids make at most one fetch in this time. */
const COOLDOWN_MS = 5_000;
/** While no key is known at all, which is so when the gateway starts before the user service, they are asked for sooner. */
const FIRST_KEYS_COOLDOWN_MS = 200;
const FETCH_TIMEOUT_MS = 3_000;

/** No key could be fetched yet: nothing is known about the token, which is not the client's fault. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

export interface KeySet {
  /** The key that a token names. @throws KeysUnavailable, or jose's JWKSNoMatchingKey. */
  getKey(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
  close(): void;
}

/**
 * The public keys of the user service. They are kept when it is down, fetched again in the background, and once more
 * when a token names a key that is not among them.
 */
export function createKeySet(o: { url: string; logger: Logger; now?: () => number }): KeySet {
  const now = o.now ?? Date.now;
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    try {
      const response = await request(o.url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
      if (response.statusCode !== 200) {
        await response.body.dump();
        throw new Error(`answered ${response.statusCode}`);
      }
      keys = createLocalJWKSet((await response.body.json()) as JSONWebKeySet);
    } catch (error) {
      o.logger.warn({ err: error }, 'the keys of access tokens could not be fetched');
    }
  }

  function refresh(): Promise<void> {
    attemptedAt = now();
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  const timer = setInterval(() => void refresh(), REFRESH_EVERY_MS);
  timer.unref();
  void refresh();

  return {
    async getKey(header, token) {
      if (!keys) await (fetching ?? (now() - attemptedAt > FIRST_KEYS_COOLDOWN_MS ? refresh() : undefined));
      if (!keys) throw new KeysUnavailable('No keys of access tokens are known yet.');
      try {
        return await keys(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // After a rotation many tokens name the new key at once: all wait for the one look that the first of them has begun.
        if (!fetching && now() - attemptedAt <= COOLDOWN_MS) throw error;
        await (fetching ?? refresh());
        return keys(header, token);
      }
    },
    close: () => clearInterval(timer),
  };
}
