import { keepConnected, type RedisConnection } from '@souk/outbox/redis';
import { countStatement, type Logger } from '@souk/runtime';
import type { ChangeFeed } from '../app/ports.js';

const CHANNEL = 'souk:catalogue:changed';
/** A start does not wait longer for Redis. */
const LONGEST_START_MS = 3_000;

interface Announcement {
  readonly products?: readonly string[];
  readonly categories?: true;
}

interface Listener extends ChangeFeed {
  /** Called when announcements may have been missed. */
  forgetEverything(): void;
}

export interface RedisChangeFeed extends ChangeFeed {
  /** Whether announcements of other processes arrive at the moment. */
  announced(): boolean;
  close(): Promise<void>;
}

/**
 * Announces catalogue changes to all replicas of this service. An announcement may get lost (Redis keeps none): whoever
 * caches asks `announced()` and trusts its entries for a shorter time while the connection is away. Stock is not
 * announced, its entries live for a second only.
 */
export async function redisChangeFeed(o: {
  url: string;
  logger: Logger;
  listener: () => Listener;
}): Promise<RedisChangeFeed> {
  let subscribed = false;

  function receive(text: string): void {
    const announcement = JSON.parse(text) as Announcement;
    if (announcement.products) o.listener().productsChanged(announcement.products);
    if (announcement.categories) o.listener().categoriesChanged();
  }

  const keeping = { url: o.url, logger: o.logger, maxBackoffMs: 2_000 };
  const publisher = keepConnected({ ...keeping, name: 'announcing catalogue changes' });
  const subscription = new Promise<RedisConnection>((resolve) => {
    const subscriber = keepConnected({
      ...keeping,
      name: 'hearing of catalogue changes',
      async onReady(client) {
        await client.subscribe(CHANNEL, receive);
        subscribed = true;
        o.listener().forgetEverything();
        resolve(subscriber);
      },
      onLost: () => {
        subscribed = false;
      },
    });
    setTimeout(resolve, LONGEST_START_MS, subscriber).unref();
  });
  const subscriber = await subscription;

  function announce(announcement: Announcement): void {
    const client = publisher.current();
    if (client === undefined) return;
    countStatement('redis');
    client.publish(CHANNEL, JSON.stringify(announcement)).catch((error: unknown) => {
      o.logger.debug({ err: error }, 'a catalogue change could not be announced');
    });
  }

  return {
    productsChanged(ids) {
      o.listener().productsChanged(ids);
      announce({ products: ids });
    },
    categoriesChanged() {
      o.listener().categoriesChanged();
      announce({ categories: true });
    },
    stockChanged: (variantIds) => o.listener().stockChanged(variantIds),
    announced: () => subscribed,
    async close() {
      await Promise.all([subscriber.close(), publisher.close()]);
    },
  };
}
