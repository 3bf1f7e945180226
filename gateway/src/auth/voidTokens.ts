import { keepConnected, newRedisClient, type RedisClient } from '@souk/outbox/redis';
import { type Logger, metrics, VOID_TOKENS } from '@souk/runtime';

/** No access token lives longer (ACCESS_TOKEN_SECONDS of the user service is at most this). */
const MAX_LIFETIME_MS = 3_700_000;
const PRUNE_EVERY_MS = 60_000;

export interface VoidTokens {
  /** Whether a token was ended: its session is over, or its user's rights have changed since it was issued. */
  isVoid(token: { readonly userId: string; readonly sessionId: string; readonly issuedAtMs: number }): boolean;
  close(): Promise<void>;
}

const listening = metrics.gauge('souk_auth_listening', '1 while ended sessions are heard of at once');

/**
 * Knows which access tokens are void before they run out, from what the user service announces through Redis: read once after each (re)connection and
 * heard from then on, so that no request asks anybody. While Redis is away the gateway keeps what it knows, and a token that was
 * ended meanwhile lives on until it runs out by itself.
 */
export function createVoidTokens(o: { redisUrl: string; logger: Logger; now?: () => number }): VoidTokens {
  const now = o.now ?? Date.now;
  const voidSince = new Map<string, number>();

  const note = (id: string, text: string | null): void => {
    const at = Number(text);
    if (text !== null && Number.isFinite(at)) voidSince.set(id, Math.max(at, voidSince.get(id) ?? 0));
  };

  /** First listening, then reading: nothing falls in between. */
  async function listen(subscriber: RedisClient): Promise<void> {
    await subscriber.subscribe(VOID_TOKENS.channel, (message) => {
      const [id = '', at = null] = message.split(' ');
      note(id, at);
    });
    const reader = newRedisClient(o.redisUrl);
    reader.on('error', (error) => o.logger.debug({ err: error }, 'reading ended sessions'));
    try {
      await reader.connect();
      for await (const keys of reader.scanIterator({ MATCH: VOID_TOKENS.key('*'), COUNT: 1_000 })) {
        if (keys.length === 0) continue;
        const values = await reader.mGet(keys);
        keys.forEach((key, i) => {
          note(key.slice(VOID_TOKENS.key('').length), values[i] ?? null);
        });
      }
    } finally {
      if (reader.isOpen) reader.destroy();
    }
    listening.set(1);
  }

  const connection = keepConnected({
    url: o.redisUrl,
    name: 'ended sessions',
    logger: o.logger,
    maxBackoffMs: 2_000,
    onReady: listen,
    onLost: () => listening.set(0),
  });

  const pruning = setInterval(() => {
    for (const [id, at] of voidSince) if (at < now() - MAX_LIFETIME_MS) voidSince.delete(id);
  }, PRUNE_EVERY_MS);
  pruning.unref();

  return {
    isVoid({ userId, sessionId, issuedAtMs }) {
      if (voidSince.size === 0) return false;
      if (voidSince.has(sessionId)) return true;
      const changedAt = voidSince.get(userId);
      return changedAt !== undefined && issuedAtMs <= changedAt;
    },
    close() {
      clearInterval(pruning);
      return connection.close();
    },
  };
}
