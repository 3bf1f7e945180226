import { countStatement, type Logger } from '@souk/runtime';
import { createClient } from 'redis';
import type { ChangeFeed } from '../app/ports.js';

const CHANNEL = 'souk:catalogue:changed';

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
  const options = {
    url: o.url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, 2_000), connectTimeout: 3_000 },
  };
  const publisher = createClient(options);
  const subscriber = createClient(options);
  let subscribed = false;
  for (const client of [publisher, subscriber]) {
    client.on('error', (error: unknown) => o.logger.debug({ err: error }, 'the connection of the change feed failed'));
  }
  for (const lost of ['error', 'end', 'reconnecting'] as const) {
    subscriber.on(lost, () => {
      subscribed = false;
    });
  }

  function receive(text: string): void {
    const announcement = JSON.parse(text) as Announcement;
    if (announcement.products) o.listener().productsChanged(announcement.products);
    if (announcement.categories) o.listener().categoriesChanged();
  }

  function arrived(): void {
    subscribed = true;
    o.listener().forgetEverything();
  }

  const connected = Promise.all([publisher.connect(), subscriber.connect()]);
  const subscription = connected.then(async () => {
    await subscriber.subscribe(CHANNEL, receive);
    arrived();
    // From now on: after a lost connection node-redis subscribes again by itself before it says `ready`.
    subscriber.on('ready', arrived);
  });
  subscription.catch((error: unknown) => o.logger.warn({ err: error }, 'the change feed could not be set up'));
  await Promise.race([
    subscription.catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, 3_000).unref()),
  ]);

  function announce(announcement: Announcement): void {
    if (!publisher.isReady) return;
    countStatement('redis');
    publisher.publish(CHANNEL, JSON.stringify(announcement)).catch((error: unknown) => {
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
      for (const client of [subscriber, publisher]) if (client.isOpen) client.destroy();
    },
  };
}
