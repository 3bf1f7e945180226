import { createHash, randomBytes } from 'node:crypto';
import { noteApplied, startConsumers, startRelay } from '@souk/outbox';
import { openDatabase } from '@souk/postgres';
import {
  createLogger,
  createServiceClient,
  createSubgraphServer,
  deliverExportPart,
  type Life,
  type Logger,
  loadSdl,
  newId,
  type SubgraphServer,
} from '@souk/runtime';
import DataLoader from 'dataloader';
import { createCartStore } from './adapters/cartStore.postgres.js';
import { createCatalogue } from './adapters/catalogue.product.js';
import { createCheckoutStore, giveCartToOwnerOnce, releasePromotionsOnce } from './adapters/checkoutStore.postgres.js';
import { createPersonalData } from './adapters/personalData.postgres.js';
import { createPromotionStore } from './adapters/promotionStore.prisma.js';
import { createRules } from './adapters/rules.postgres.js';
import { createApp } from './app/index.js';
import type { Config } from './config.js';
import { createConsumers } from './consumers/index.js';
import { startExpirySweep } from './expirySweep.js';
import type { Context } from './graphql/context.js';
import { userIdOf } from './graphql/context.js';
import { cartModel } from './graphql/models.js';
import { resolvers } from './graphql/resolvers.js';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const TOKEN_BYTES = 32;
const CONSUMER_CONCURRENCY = 4;

/** Builds the cart service and starts it listening; everything it opened is closed by `life`. */
export async function startCart(
  config: Config,
  life: Life,
): Promise<{ logger: Logger; server: SubgraphServer; shutdownTimeoutMs: number }> {
  const logger = createLogger('cart', config.LOG_LEVEL);
  const now = () => new Date();
  const database = openDatabase({ url: config.DATABASE_URL_CART, service: 'cart', logger });
  life.onShutdown('database', () => database.close());
  const product = createServiceClient({
    from: 'cart',
    to: 'product',
    url: config.SUBGRAPH_URL_PRODUCT,
    identitySecret: config.IDENTITY_SECRET,
  });
  life.onShutdown('product client', () => product.close());
  const userService = createServiceClient({
    from: 'cart',
    to: 'user',
    url: config.SUBGRAPH_URL_USER,
    identitySecret: config.IDENTITY_SECRET,
    connections: 2,
  });
  life.onShutdown('user client', () => userService.close());

  const carts = createCartStore(database);
  const app = createApp({
    carts,
    checkouts: createCheckoutStore(database),
    promotions: createPromotionStore(database),
    personalData: createPersonalData(database),
    async deliverExportPart(event, read) {
      await deliverExportPart(userService, event.data.exportId, read);
      await noteApplied(database, event, 'cart');
    },
    catalogue: createCatalogue(product),
    rules: await createRules(database, logger),
    now,
    newCartId: () => newId('crt'),
    newLineId: () => newId('cln'),
    newPromotionId: () => newId('prm'),
    newToken: () => {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      return { token, hash: sha256(token) };
    },
    hashToken: sha256,
    customerKey: (customerId, email) => sha256(customerId ?? email.toLowerCase()),
    defaultCurrency: config.DEFAULT_CURRENCY,
  });

  const sweep = startExpirySweep({ carts, now, logger });
  life.onShutdown('expiry sweep', () => sweep.close());
  const relay = await startRelay({ service: 'cart', database, redisUrl: config.REDIS_URL, logger });
  life.onShutdown('relay', () => relay.close());
  const consumers = await startConsumers({
    service: 'cart',
    database,
    redisUrl: config.REDIS_URL,
    logger,
    handlers: createConsumers(releasePromotionsOnce(database), giveCartToOwnerOnce(database), app),
    concurrency: CONSUMER_CONCURRENCY,
  });
  life.onShutdown('consumers', () => consumers.close());

  const server = await createSubgraphServer<Context>({
    service: 'cart',
    sdl: loadSdl('cart'),
    resolvers,
    identitySecret: config.IDENTITY_SECRET,
    logger,
    production: config.NODE_ENV === 'production',
    readiness: { postgres: () => database.ping() },
    createContext: (viewer) => ({
      viewer,
      app,
      carts: new DataLoader(async (ids) =>
        (await app.readCarts(ids, userIdOf(viewer))).map((view) => view && cartModel(app, view)),
      ),
    }),
  });
  life.onShutdown('server', () => server.close());
  await server.listen(config.HOST, config.PORT);
  return { logger, server, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS };
}
