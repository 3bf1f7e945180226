import { appendEvents, openDeliveries } from '@souk/outbox';
import { openDatabase } from '@souk/postgres';
import { createLogger, createSubgraphServer, type Life, loadSdl } from '@souk/runtime';
import { createDeliveryStore } from './adapters/deliveryStore.postgres.js';
import { createApp } from './app/index.js';
import type { Config } from './config.js';
import { contextOf } from './graphql/context.js';
import { resolvers } from './graphql/resolvers.js';

/** Builds the notification subgraph and starts it. It consumes nothing: that is the worker's. */
export async function composeNotification(config: Config, life: Life) {
  const logger = createLogger('notification', config.LOG_LEVEL);
  const database = openDatabase({
    url: config.DATABASE_URL_NOTIFICATION,
    service: 'notification',
    logger,
    maxConnections: 5,
  });
  life.onShutdown('database', () => database.close());
  const jobs = openDeliveries({ redisUrl: config.REDIS_URL, logger });
  life.onShutdown('jobs', () => jobs.close());
  const app = createApp({
    store: createDeliveryStore(database),
    jobs,
    publish: (events) => appendEvents(database, events),
  });
  const server = await createSubgraphServer({
    service: 'notification',
    sdl: loadSdl('notification'),
    resolvers,
    createContext: contextOf(app),
    identitySecret: config.IDENTITY_SECRET,
    logger,
    production: config.NODE_ENV === 'production',
    readiness: { database: () => database.ping() },
  });
  life.onShutdown('server', () => server.close());
  const url = await server.listen(config.HOST, config.PORT);
  return { logger, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS, url };
}
