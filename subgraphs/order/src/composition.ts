import { randomBytes } from 'node:crypto';
import { noteApplied, startConsumers, startRelay } from '@souk/outbox';
import { openDatabase, watchBacklog } from '@souk/postgres';
import {
  createLogger,
  createServiceClient,
  createSubgraphServer,
  deliverExportPart,
  type Life,
  loadSdl,
  startRepeating,
} from '@souk/runtime';
import { createAccounts } from './adapters/accounts.service.js';
import { createArticles } from './adapters/articles.service.js';
import { orderBacklog } from './adapters/backlog.postgres.js';
import { createCarefulCommits } from './adapters/carefulCommits.postgres.js';
import { carriersOf } from './adapters/carrier.webhook.js';
import { createCarrierEvents } from './adapters/carrierEvents.postgres.js';
import { createCartPort } from './adapters/cart.service.js';
import { createDraftStore } from './adapters/draftStore.postgres.js';
import { createEditStore } from './adapters/editStore.postgres.js';
import { createExchangeStock } from './adapters/exchangeStock.service.js';
import { createExportStore } from './adapters/exportStore.postgres.js';
import { createGuestClaims } from './adapters/guestClaims.postgres.js';
import { createGuestLookup } from './adapters/guestLookup.postgres.js';
import { purgeOldWork } from './adapters/housekeeping.postgres.js';
import { createOrderList } from './adapters/orderList.prisma.js';
import { createOrderStore } from './adapters/orderStore.postgres.js';
import { createPersonalData } from './adapters/personalData.postgres.js';
import { createPlacementStore } from './adapters/placementStore.postgres.js';
import { createQuotePort } from './adapters/quotes.service.js';
import { createStockPort } from './adapters/stock.service.js';
import { createWholeOrders } from './adapters/wholeOrders.postgres.js';
import { CARRIER_BATCH } from './app/carrierMessages.js';
import { COMPLETION_BATCH } from './app/completeOrders.js';
import { EXPIRY_BATCH } from './app/expireOrders.js';
import { followOrders } from './app/followOrders.js';
import { createApp } from './app/index.js';
import { LAPSE_BATCH } from './app/lapseEdits.js';
import { HOLD_BATCH } from './app/releaseHolds.js';
import type { Config } from './config.js';
import { consumers } from './consumers/index.js';
import { PrismaClient } from './generated/prisma/client.js';
import { contextOf } from './graphql/context.js';
import { resolvers } from './graphql/resolvers.js';
import { carrierRoutes } from './webhooks/carrierWebhook.js';
import { exportRoutes } from './webhooks/exportRoutes.js';

const RESUME_EVERY_MS = 1_000;
const RENEW_EVERY_MS = 1_000;
const LAPSE_EVERY_MS = 2_000;
const EXPIRE_EVERY_MS = 1_000;
const PURGE_EVERY_MS = 3_600_000;
const PURGE_BATCH = 1_000;
const SWEEP_LOOKUPS_EVERY_MS = 10 * 60_000;
const CARRIERS_EVERY_MS = 5_000;
const AFTER_SALES_EVERY_MS = 30_000;
const ERASE_EVERY_MS = 3_000;
const PATIENCE_MS = 5_000;

/** Builds the order service and starts it: server, relay, consumers and sweepers. */
export async function composeOrder(config: Config, life: Life) {
  const logger = createLogger('order', config.LOG_LEVEL);
  const database = openDatabase({ url: config.DATABASE_URL_ORDER, service: 'order', logger });
  life.onShutdown('database', () => database.close());
  const client = (to: 'cart' | 'product' | 'user', url: string) => {
    const made = createServiceClient({ from: 'order', to, url, identitySecret: config.IDENTITY_SECRET });
    life.onShutdown(`${to} client`, () => made.close());
    return made;
  };
  const prisma = new PrismaClient({ adapter: database.prismaAdapter() });
  const cart = client('cart', config.SUBGRAPH_URL_CART);
  const quotes = createQuotePort(cart);
  const product = client('product', config.SUBGRAPH_URL_PRODUCT);
  const user = client('user', config.SUBGRAPH_URL_USER);

  const following = followOrders();
  const app = createApp({
    orders: following.watch(createOrderStore(database)),
    following,
    placements: createPlacementStore(database),
    lookup: createGuestLookup(database),
    claims: createGuestClaims(database),
    accounts: createAccounts(user),
    list: createOrderList(prisma),
    personalData: createPersonalData(database),
    wakeErasing: () => erasing.wake(),
    async deliverExportPart(event, read) {
      await deliverExportPart(user, event.data.exportId, read);
      await noteApplied(database, event, 'order');
    },
    edits: createEditStore(database),
    quotes,
    refills: quotes,
    draftStore: createDraftStore(database),
    exports: createExportStore(database),
    commits: createCarefulCommits(database),
    ...(config.ORDER_NUMBER_STYLE === 'sequential'
      ? { numbering: { prefix: config.ORDER_NUMBER_PREFIX, first: config.ORDER_NUMBER_FIRST } }
      : {}),
    draftPaymentWindowMs: config.ORDER_DRAFT_PAYMENT_WINDOW_SECONDS * 1_000,
    cart: createCartPort(cart),
    stock: createStockPort(product),
    whole: createWholeOrders(database),
    articles: createArticles(product),
    exchangeStock: createExchangeStock(product),
    carriers: carriersOf(Object.entries(config.CARRIER_WEBHOOK_SECRETS)),
    carrierEvents: createCarrierEvents(database),
    clock: () => new Date(),
    randomBytes,
    paymentWindowMs: config.ORDER_PAYMENT_WINDOW_SECONDS * 1_000,
    editWindowMs: config.ORDER_EDIT_PAYMENT_WINDOW_SECONDS * 1_000,
    patienceMs: PATIENCE_MS,
    returnWindowMs: config.ORDER_RETURN_WINDOW_DAYS * 86_400_000,
    exchangeHoldMs: config.ORDER_EXCHANGE_HOLD_DAYS * 86_400_000,
    logger,
  });

  const erasing = startRepeating({
    name: 'erase customers',
    everyMs: ERASE_EVERY_MS,
    logger,
    work: async () => (await database.alone('erase customers', () => app.eraseCustomers())) ?? false,
  });
  life.onShutdown('erasing', () => erasing.close());
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
      name: 'renew placements',
      everyMs: RENEW_EVERY_MS,
      logger,
      work: async () => {
        await app.renewPlacements();
        return false;
      },
    }),
    startRepeating({
      name: 'expire orders',
      everyMs: EXPIRE_EVERY_MS,
      logger,
      work: async () => (await database.alone('expire orders', () => app.expireOrders())) === EXPIRY_BATCH,
    }),
    startRepeating({
      name: 'undo edits',
      everyMs: RESUME_EVERY_MS,
      logger,
      work: async () => (await app.resumeEdits()) > 0,
    }),
    startRepeating({
      name: 'lapse edits',
      everyMs: LAPSE_EVERY_MS,
      logger,
      work: async () => (await database.alone('lapse edits', () => app.lapseEdits())) === LAPSE_BATCH,
    }),
    startRepeating({
      name: 'apply what carriers told',
      everyMs: CARRIERS_EVERY_MS,
      logger,
      work: async () => (await app.processCarrierEvents()) === CARRIER_BATCH,
    }),
    startRepeating({
      name: 'free what is held for exchanges',
      everyMs: AFTER_SALES_EVERY_MS,
      logger,
      work: async () => (await database.alone('release holds', () => app.releaseHolds())) === HOLD_BATCH,
    }),
    startRepeating({
      name: 'complete orders',
      everyMs: AFTER_SALES_EVERY_MS,
      logger,
      work: async () => (await database.alone('complete orders', () => app.completeOrders())) === COMPLETION_BATCH,
    }),
    startRepeating({
      name: 'purge old work',
      everyMs: PURGE_EVERY_MS,
      logger,
      work: async () => (await purgeOldWork(database)(PURGE_BATCH)) >= PURGE_BATCH,
    }),
    startRepeating({
      name: 'forget look-ups',
      everyMs: SWEEP_LOOKUPS_EVERY_MS,
      logger,
      work: async () => {
        await app.sweepLookups();
        await app.sweepExports();
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
    routes: (http) => {
      carrierRoutes(app)(http);
      exportRoutes(app)(http);
    },
    readiness: { database: () => database.ping() },
  });
  life.onShutdown('server', () => server.close());
  life.onShutdown('followers', async () => following.end());
  await server.listen(config.HOST, config.PORT);
  return { logger, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS };
}
