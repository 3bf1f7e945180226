import type { Logger } from '@souk/runtime';
import pg from 'pg';

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;

/** LISTENs on a connection of its own, and connects again when it is lost. */
export async function listenOn(o: {
  url: string;
  channel: string;
  onNotify: () => void;
  logger: Logger;
  service: string;
}): Promise<{ close(): Promise<void> }> {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = RECONNECT_MIN_MS;
  let closed = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: o.url,
      application_name: `souk-${o.service}-listen`,
      keepAlive: true,
    });
    const lost = (error?: Error) => {
      if (closed || client !== next) return;
      client = undefined;
      o.logger.warn({ err: error, channel: o.channel }, 'stopped listening; connecting again');
      next.end().catch(() => undefined);
      again();
    };
    next.on('error', lost);
    next.on('end', () => lost());
    next.on('notification', () => o.onNotify());
    await next.connect();
    await next.query(`LISTEN ${pg.escapeIdentifier(o.channel)}`);
    if (closed) {
      await next.end();
      return;
    }
    client = next;
    waitMs = RECONNECT_MIN_MS;
    o.onNotify();
  }

  function again(): void {
    timer = setTimeout(() => {
      connect().catch((error: unknown) => {
        o.logger.warn({ err: error, channel: o.channel }, 'cannot listen yet');
        if (!closed) again();
      });
    }, waitMs);
    waitMs = Math.min(waitMs * 2, RECONNECT_MAX_MS);
  }

  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
