import { randomBytes } from 'node:crypto';
import { createLogger, createSubgraphServer, type SubgraphServer, signIdentity, type Viewer } from '@souk/runtime';
import { createTestDatabase, createTestRedis, type GraphqlClient, graphqlClient } from '@souk/testkit';
import { startCart } from '../composition.js';
import { readConfig } from '../config.js';

export interface Variant {
  price: number;
  currencyCode?: string;
  stock?: number;
  purchasable?: boolean;
}

/** A running cart service on real stores, beside a product service that knows only `catalogue`. */
export interface CartFixture {
  readonly catalogue: Map<string, Variant>;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly as: (viewer: Viewer) => GraphqlClient;
  /** Takes the product service away, or brings it back; `shown` is what it still shows to who does not ask for what is fresh. */
  readonly product: { down: boolean; calls: number; readonly shown: Map<string, Variant> };
  close(): Promise<void>;
}

export const guest: Viewer = { kind: 'anonymous' };
export const user = (name: string): Viewer => ({
  kind: 'user',
  userId: `usr_${name}`,
  sessionId: `ses_${name}`,
  roles: ['CUSTOMER'],
  scopes: [],
});
export const staff: Viewer = {
  kind: 'user',
  userId: 'usr_staff',
  sessionId: 'ses_staff',
  roles: ['STAFF'],
  scopes: ['promotions:read', 'promotions:write'],
};
export const service = (name: 'order' | 'payment'): Viewer => ({
  kind: 'service',
  service: name,
  scopes: ['service', `service:${name}`],
});

const PRODUCT_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@inaccessible", "@requiresScopes"])
  scalar SafeInt
  scalar CurrencyCode
  type Money { centAmount: SafeInt! currencyCode: CurrencyCode! }
  type VariantForCart { id: ID! productId: ID! productName: String! variantName: String! sku: String! imageUrl: String price: Money! purchasable: Boolean! quantityAvailable: Int! weightGrams: Int }
  type Query { variantsForCart(ids: [ID!]!, fresh: Boolean! = true): [VariantForCart]! @inaccessible @requiresScopes(scopes: [["service"]]) }
`;

export async function startCartFixture(): Promise<CartFixture> {
  const identitySecret = randomBytes(32).toString('hex');
  const catalogue = new Map<string, Variant>();
  const product = { down: false, calls: 0, shown: new Map<string, Variant>() };
  const closers: (() => Promise<unknown>)[] = [];
  const [database, redis] = await Promise.all([createTestDatabase('cart'), createTestRedis()]);
  closers.push(
    () => database.close(),
    () => redis.close(),
  );

  const variantsForCart = (_parent: unknown, { ids, fresh }: { ids: string[]; fresh: boolean }) => {
    product.calls += 1;
    if (product.down) throw new Error('product is down');
    return ids.map((id) => {
      const variant = (fresh ? undefined : product.shown.get(id)) ?? catalogue.get(id);
      return variant
        ? {
            id,
            productId: `prd_${id}`,
            productName: `Product ${id}`,
            variantName: '',
            sku: `SKU-${id}`,
            imageUrl: null,
            price: { centAmount: variant.price, currencyCode: variant.currencyCode ?? 'EUR' },
            purchasable: variant.purchasable ?? true,
            quantityAvailable: variant.stock ?? 1_000_000,
            weightGrams: 100,
          }
        : null;
    });
  };
  const productServer: SubgraphServer = await createSubgraphServer({
    service: 'product',
    sdl: PRODUCT_SDL,
    resolvers: { Query: { variantsForCart } },
    createContext: (viewer) => ({ viewer }),
    identitySecret,
    logger: createLogger('product', 'silent'),
    production: false,
    readiness: {},
  });
  closers.push(() => productServer.close());
  const productUrl = await productServer.listen('127.0.0.1', 0);

  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    IDENTITY_SECRET: identitySecret,
    PORT: '0',
    DATABASE_URL_CART: database.url,
    REDIS_URL: redis.url,
    SUBGRAPH_URL_PRODUCT: `${productUrl}/graphql`,
    SUBGRAPH_URL_USER: 'http://127.0.0.1:9/graphql',
  });
  const { server } = await startCart(config, { onShutdown: (_name, close) => void closers.push(close) });
  const url = `${server.app.listeningOrigin}/graphql`;
  return {
    catalogue,
    product,
    databaseUrl: database.adminUrl,
    redisUrl: redis.url,
    as: (viewer) =>
      graphqlClient(url, (body) => ({
        'x-souk-identity': signIdentity({
          secret: identitySecret,
          from: viewer.kind === 'service' ? viewer.service : 'gateway',
          to: 'cart',
          viewer,
          body,
        }),
      })),
    async close() {
      for (const close of closers.reverse()) await close();
    },
  };
}
