import { appendEvents, startConsumers, startRelay } from '@souk/outbox';
import { openDatabase } from '@souk/postgres';
import {
  createLogger,
  createSubgraphServer,
  type Life,
  type Logger,
  loadSdl,
  newId,
  type Repeating,
  type SubgraphServer,
  startRepeating,
} from '@souk/runtime';
import { MongoClient } from 'mongodb';
import { postgresBulkRequests } from './adapters/bulkRequests.postgres.js';
import { mongoCatalogueStore } from './adapters/catalogueStore.mongodb.js';
import { redisChangeFeed } from './adapters/changeFeed.redis.js';
import { postgresProductIndex } from './adapters/productIndex.postgres.js';
import { postgresProjectionStore } from './adapters/projectionStore.postgres.js';
import { type PublicReads, publicReads } from './adapters/publicReads.js';
import { recordedCategories } from './adapters/recordedCategories.js';
import { MONITORING, reviveMonitor } from './adapters/reviveMonitor.js';
import { postgresStockStore } from './adapters/stockStore.postgres.js';
import { type App, createApp } from './app/index.js';
import { freshReads } from './app/reads.js';
import type { Config } from './config.js';
import { consumers } from './consumers/index.js';
import { createContext } from './graphql/context.js';
import { resolvers } from './graphql/resolvers.js';
import { createViews } from './graphql/views.js';
import { mediaRoutes } from './media/routes.js';

/** A change that was not projected with its write is found after this long at the latest; a change must show in 2 s. */
const DRAIN_EVERY_MS = 1_000;
const TREE_EVERY_MS = 30_000;
const OVERDUE_EVERY_MS = 60_000;

export interface ProductService {
  readonly server: SubgraphServer;
  readonly app: App;
  readonly logger: Logger;
}

/** Builds the product service and starts it. */
export async function startProduct(config: Config, life: Life) {
  const { server, logger } = await compose(config, life);
  await server.listen(config.HOST, config.PORT);
  return { logger, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS };
}

/** Opens the stores, wires the app and starts its background work; the caller listens. */
export async function compose(config: Config, life: Life): Promise<ProductService> {
  const logger = createLogger('product', config.LOG_LEVEL);
  const database = openDatabase({ url: config.DATABASE_URL_PRODUCT, service: 'product', logger });
  life.onShutdown('postgres', () => database.close());
  const mongo = new MongoClient(config.MONGODB_URL, {
    maxPoolSize: 10,
    serverSelectionTimeoutMS: 5_000,
    appName: 'souk-product',
    ...MONITORING,
  });
  const reviving = reviveMonitor(mongo, logger);
  life.onShutdown('mongodb', () => {
    reviving.close();
    return mongo.close();
  });
  const catalogue = recordedCategories(mongoCatalogueStore(mongo.db()), (told) => appendEvents(database, told));
  await catalogue.prepare();

  const stock = postgresStockStore(database);
  const index = postgresProductIndex(database);
  let cached: PublicReads | undefined;
  const cache = (): PublicReads => {
    cached ??= publicReads({ catalogue, index, availability: stock, announced: () => feed.announced() });
    return cached;
  };
  const feed = await redisChangeFeed({ url: config.REDIS_URL, logger, listener: cache });
  life.onShutdown('change feed', () => feed.close());

  let drain: Repeating | undefined;
  const app = createApp({
    catalogue,
    projection: postgresProjectionStore(database),
    stock,
    requests: postgresBulkRequests(database),
    feed,
    publicReads: cache(),
    freshReads: freshReads(catalogue, index, stock),
    logger,
    wake: () => drain?.wake(),
    now: () => new Date(),
    newProductId: () => newId('prd'),
    newVariantId: () => newId('var'),
    newCategoryId: () => newId('cat'),
  });
  drain = startRepeating({
    name: 'drain of catalogue changes',
    everyMs: DRAIN_EVERY_MS,
    logger,
    work: async () => {
      await app.drainProducts();
      return false;
    },
  });
  // So that no shopper waits for the category tree: it is read again before it is too old, and after each change.
  const tree = startRepeating({
    name: 'reading the category tree',
    everyMs: TREE_EVERY_MS,
    logger,
    work: async () => {
      await cache().refreshTree();
      return false;
    },
  });
  const overdue = startRepeating({
    name: 'release of overdue reservations',
    everyMs: OVERDUE_EVERY_MS,
    logger,
    work: async () => (await app.releaseOverdue(new Date())).length > 0,
  });
  const relay = await startRelay({ service: 'product', database, redisUrl: config.REDIS_URL, logger });
  life.onShutdown('relay', () => relay.close());
  const consuming = await startConsumers({
    service: 'product',
    database,
    redisUrl: config.REDIS_URL,
    logger,
    handlers: consumers(app),
  });
  for (const [name, part] of Object.entries({ drain, tree, overdue, consumers: consuming }))
    life.onShutdown(name, () => part.close());

  const views = createViews(config.MEDIA_BASE_URL);
  const server = await createSubgraphServer({
    service: 'product',
    sdl: loadSdl('product'),
    resolvers,
    createContext: (viewer) => createContext(app, views, viewer),
    identitySecret: config.IDENTITY_SECRET,
    logger,
    production: config.NODE_ENV === 'production',
    readiness: { postgres: () => stock.ping(), mongodb: () => catalogue.ping() },
    routes: mediaRoutes(app),
  });
  life.onShutdown('server', () => server.close());
  return { server, app, logger };
}
