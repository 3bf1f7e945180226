import { type Logger, metrics, VOID_TOKENS } from '@souk/runtime';
import { createClient } from 'redis';

/** No access token lives longer (ACCESS_TOKEN_SECONDS of the user service is at most this). */
const MAX_LIFETIME_MS = 3_700_000;
const PRUNE_EVERY_MS = 60_000;

export interface VoidTokens {
  /** Whether a token was ended: its session is over, or its user's rights have changed since it was issued. */
  isVoid(token: { readonly userId: string; readonly sessionId: string; readonly issuedAtMs: number }): boolean;
  close(): void;
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
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let open: ReturnType<typeof newClient>[] = [];

  const note = (id: string, text: string | null): void => {
    const at = Number(text);
    if (text !== null && Number.isFinite(at)) voidSince.set(id, Math.max(at, voidSince.get(id) ?? 0));
  };

  async function listen(): Promise<void> {
    const reader = newClient(o.redisUrl);
    const subscriber = newClient(o.redisUrl);
    open = [reader, subscriber];
    let lose: (error: unknown) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
    });
    lost.catch(() => undefined);
    for (const client of open) {
      client.on('error', lose);
      client.on('end', () => lose(new Error('the connection ended')));
    }
    try {
      await Promise.race([Promise.all([reader.connect(), subscriber.connect()]), lost]);
      // First listening, then reading: nothing falls in between.
      await subscriber.subscribe(VOID_TOKENS.channel, (message) => {
        const [id = '', at = null] = message.split(' ');
        note(id, at);
      });
      for await (const keys of reader.scanIterator({ MATCH: VOID_TOKENS.key('*'), COUNT: 1_000 })) {
        if (keys.length === 0) continue;
        const values = await reader.mGet(keys);
        keys.forEach((key, i) => {
          note(key.slice(VOID_TOKENS.key('').length), values[i] ?? null);
        });
      }
      listening.set(1);
      await lost;
    } finally {
      listening.set(0);
      for (const client of [reader, subscriber]) if (client.isOpen) client.destroy();
    }
  }

  function start(attempt: number): void {
    const from = now();
    listen().catch((error: unknown) => {
      if (closed) return;
      o.logger.debug({ err: error }, 'ended sessions are not heard of while redis is away');
      const next = now() - from > 5_000 ? 0 : attempt + 1;
      timer = setTimeout(start, Math.min(100 * 2 ** next, 2_000), Math.min(next, 10));
      timer.unref();
    });
  }
  start(0);

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
      closed = true;
      clearTimeout(timer);
      clearInterval(pruning);
      for (const client of open) if (client.isOpen) client.destroy();
    },
  };
}

const newClient = (url: string) =>
  createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 2_000, reconnectStrategy: false } });
