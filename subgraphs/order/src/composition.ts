import { randomBytes } from 'node:crypto';
import { startConsumers, startRelay } from '@souk/outbox';
import { openDatabase, watchBacklog } from '@souk/postgres';
import {
  createLogger,
  createServiceClient,
  createSubgraphServer,
  type Life,
  loadSdl,
  startRepeating,
} from '@souk/runtime';
import { orderBacklog } from './adapters/backlog.postgres.js';
import { createCartPort } from './adapters/cart.service.js';
import { createGuestLookup } from './adapters/guestLookup.postgres.js';
import { createOrderList } from './adapters/orderList.prisma.js';
import { createOrderStore } from './adapters/orderStore.postgres.js';
import { createPlacementStore } from './adapters/placementStore.postgres.js';
import { createStockPort } from './adapters/stock.service.js';
import { EXPIRY_BATCH } from './app/expireOrders.js';
import { createApp } from './app/index.js';
import type { Config } from './config.js';
import { consumers } from './consumers/index.js';
import { PrismaClient } from './generated/prisma/client.js';
import { contextOf } from './graphql/context.js';
import { resolvers } from './graphql/resolvers.js';

const RESUME_EVERY_MS = 1_000;
const EXPIRE_EVERY_MS = 1_000;
const SWEEP_LOOKUPS_EVERY_MS = 10 * 60_000;
const PATIENCE_MS = 5_000;

/** Builds the order service and starts it: server, relay, consumers and sweepers. */
export async function composeOrder(config: Config, life: Life) {
  const logger = createLogger('order', config.LOG_LEVEL);
  const database = openDatabase({ url: config.DATABASE_URL_ORDER, service: 'order', logger });
  life.onShutdown('database', () => database.close());
  const client = (to: 'cart' | 'product', url: string) => {
    const made = createServiceClient({ from: 'order', to, url, identitySecret: config.IDENTITY_SECRET });
    life.onShutdown(`${to} client`, () => made.close());
    return made;
  };
  const prisma = new PrismaClient({ adapter: database.prismaAdapter() });

  const app = createApp({
    orders: createOrderStore(database),
    placements: createPlacementStore(database),
    lookup: createGuestLookup(database),
    list: createOrderList(prisma),
    cart: createCartPort(client('cart', config.SUBGRAPH_URL_CART)),
    stock: createStockPort(client('product', config.SUBGRAPH_URL_PRODUCT)),
    clock: () => new Date(),
    randomBytes,
    paymentWindowMs: config.ORDER_PAYMENT_WINDOW_SECONDS * 1_000,
    patienceMs: PATIENCE_MS,
    returnWindowMs: config.ORDER_RETURN_WINDOW_DAYS * 86_400_000,
    logger,
  });

  const relay = await startRelay({ service: 'order', database, redisUrl: config.REDIS_URL, logger });
  life.onShutdown('relay', () => relay.close());
  const consuming = await startConsumers({
    service: 'order',
    database,
    redisUrl: config.REDIS_URL,
    logger,
    handlers: consumers(app),
  });
  life.onShutdown('consumers', () => consuming.close());

  const sweepers = [
    startRepeating({
      name: 'resume placements',
      everyMs: RESUME_EVERY_MS,
      logger,
      work: async () => (await app.resumePlacements()) > 0,
    }),
    startRepeating({
      name: 'expire orders',
      everyMs: EXPIRE_EVERY_MS,
      logger,
      work: async () => (await app.expireOrders()) === EXPIRY_BATCH,
    }),
    startRepeating({
      name: 'forget look-ups',
      everyMs: SWEEP_LOOKUPS_EVERY_MS,
      logger,
      work: async () => {
        await app.sweepLookups();
        return false;
      },
    }),
  ];
  const backlog = watchBacklog({ database, statement: orderBacklog, logger });
  life.onShutdown('backlog', () => backlog.close());
  life.onShutdown('sweepers', () => Promise.all(sweepers.map((sweeper) => sweeper.close())));

  const server = await createSubgraphServer({
    service: 'order',
    sdl: loadSdl('order'),
    resolvers,
    createContext: contextOf(app),
    identitySecret: config.IDENTITY_SECRET,
    logger,
    production: config.NODE_ENV === 'production',
    readiness: { database: () => database.ping() },
  });
  life.onShutdown('server', () => server.close());
  await server.listen(config.HOST, config.PORT);
  return { logger, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS };
}
