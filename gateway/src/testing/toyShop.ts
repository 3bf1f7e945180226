import { createLogger, createSubgraphServer, hasScope, type SubgraphServer, type Viewer } from '@souk/runtime';
import { Kind, parse } from 'graphql';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { compose } from '../../../scripts/schema/compose.mjs';
import { ACCESS_TOKEN } from '../auth/accessTokens.js';
import { createGateway, type Gateway } from '../composition.js';
import type { GatewayConfig, SubgraphName } from '../config.js';

export const IDENTITY_SECRET = 'a1'.repeat(32);
const logger = createLogger('test', 'silent');

const SHARED = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@authenticated", "@requiresScopes"])
directive @public on FIELD_DEFINITION
directive @owned on FIELD_DEFINITION
`;

const PRODUCT = `${SHARED}
type Query {
  products(first: Int = 3): [Product!]! @public
  whoami: String! @public
  broken: String @public
  slow: String @public
  stock: Int @requiresScopes(scopes: [["inventory:read"]])
  cursor(after: String): String @public
}
type Mutation {
  sessionCreate(email: String!, password: String!): Boolean! @public
  credentialsSet(input: CredentialsInput!): Boolean! @public
  "Signs in with the access token given; refreshing answers the one that the refresh token says."
  accountConfirm(token: String!): SessionPayload! @public
  sessionRefresh(refreshToken: String): SessionPayload! @public
  sessionRevoke(id: ID): AcceptedPayload! @authenticated
  sessionsRevokeAll(exceptCurrent: Boolean = false): AcceptedPayload! @authenticated
}
type SessionPayload { accessToken: String refreshToken: String expiresIn: Int }
type AcceptedPayload { accepted: Boolean! }
input CredentialsInput { email: String! password: String! tries: Int }
type Product @key(fields: "id") { id: ID! name: String! related: [Product!]! }
`;

const CART = `${SHARED}
type Query { cartName: String @public }
type Product @key(fields: "id") { id: ID! inWishlist: Boolean wishes: Int }
`;

/** What the toy subgraphs were asked, so that tests can say that something was not executed. */
export interface Calls {
  resolved: string[];
  viewers: Viewer[];
  clients: unknown[];
  hooks: { headers: Record<string, unknown>; body: string }[];
  documents: { url: string; headers: Record<string, unknown> }[];
  exports: { url: string; headers: Record<string, unknown> }[];
  refreshed: string[];
}

export interface ToyShop {
  readonly url: string;
  readonly gateway: Gateway;
  readonly calls: Calls;
  readonly subgraphs: { product: SubgraphServer; cart: SubgraphServer };
  readonly token: (claims?: TokenOptions) => Promise<string>;
  readonly post: (body: unknown, headers?: Record<string, string>) => Promise<ToyAnswer>;
  close(): Promise<void>;
}

export interface TokenOptions {
  readonly issuer?: string;
  readonly audience?: string;
  readonly type?: string;
  readonly expiresIn?: string;
  readonly scopes?: string[];
  readonly foreignKey?: boolean;
}

export interface ToyAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    data?: unknown;
    errors?: { message: string; path?: unknown; extensions?: Record<string, unknown> }[];
  };
  readonly text: string;
}

export const toySupergraph = () => {
  const composed = compose(
    Object.entries({ product: PRODUCT, cart: CART }).map(([name, sdl]) => ({
      name,
      file: name,
      document: { kind: Kind.DOCUMENT, definitions: parse(sdl).definitions },
    })),
  );
  if (!composed.ok) throw new Error(JSON.stringify(composed.faults));
  return composed.supergraph;
};

/** Two subgraphs and a gateway over them, on loopback, with everything that they are asked recorded. */
export async function startToyShop(changes: Partial<GatewayConfig> = {}, gatewayLogger = logger): Promise<ToyShop> {
  const calls: Calls = { resolved: [], viewers: [], clients: [], hooks: [], documents: [], exports: [], refreshed: [] };
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const foreign = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }] };

  const product = await startSubgraph('product', PRODUCT, productResolvers(calls), calls, jwks);
  const cart = await startSubgraph('cart', CART, cartResolvers(calls), calls, jwks);
  const dead = 'http://127.0.0.1:9/graphql';
  const subgraph = (url: string) => ({ url: `${url}/graphql`, timeoutMs: 300 });
  const config: GatewayConfig = {
    production: false,
    logLevel: 'silent',
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs: 1_000,
    identitySecret: IDENTITY_SECRET,
    subgraphs: {
      user: { url: dead, timeoutMs: 300 },
      product: subgraph(product.url),
      cart: subgraph(cart.url),
      order: subgraph(product.url),
      payment: subgraph(product.url),
      notification: { url: dead, timeoutMs: 300 },
    },
    jwksUrl: `${product.url}/.well-known/jwks.json`,
    corsOrigins: ['https://shop.example'],
    trustProxy: 0,
    clientTimeoutMs: 15_000,
    connectionsPerAddress: 1_000,
    redisUrl: 'redis://127.0.0.1:9',
    rateLimitFactor: 1_000,
    persistedOperations: 'prefer',
    persistedManifests: [],
    consoleEnabled: false,
    demoAccounts: [],
    ...changes,
  };
  const gateway = await createGateway(config, gatewayLogger, toySupergraph());
  const url = await gateway.listen('127.0.0.1', 0);

  return {
    url,
    gateway,
    calls,
    subgraphs: { product: product.server, cart: cart.server },
    token: (o = {}) =>
      new SignJWT({ sid: 'ses_1', roles: ['CUSTOMER'], scopes: o.scopes ?? [] })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: o.type ?? ACCESS_TOKEN.type })
        .setSubject('usr_1')
        .setIssuer(o.issuer ?? ACCESS_TOKEN.issuer)
        .setAudience(o.audience ?? ACCESS_TOKEN.audience)
        .setIssuedAt()
        .setExpirationTime(o.expiresIn ?? '5m')
        .sign(o.foreignKey ? foreign.privateKey : privateKey),
    post: (body, headers = {}) => post(`${url}/graphql`, body, headers),
    async close() {
      await gateway.close();
      await Promise.all([product.server.close(), cart.server.close()]);
    },
  };
}

async function post(url: string, body: unknown, headers: Record<string, string>): Promise<ToyAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text), text };
}

async function startSubgraph(service: SubgraphName, sdl: string, resolvers: object, calls: Calls, jwks: object) {
  const server = await createSubgraphServer({
    service,
    sdl,
    resolvers,
    createContext: (viewer, client) => {
      calls.viewers.push(viewer);
      calls.clients.push(client);
      return { viewer };
    },
    identitySecret: IDENTITY_SECRET,
    logger,
    production: false,
    readiness: {},
    routes: (app) => {
      app.get('/.well-known/jwks.json', async () => jwks);
      app.post('/webhooks/stripe', async (request) => {
        calls.hooks.push({ headers: request.headers, body: String(request.rawBody) });
        return { received: true };
      });
      app.get<{ Params: { file: string } }>('/documents/:file', (request, reply) => {
        calls.documents.push({ url: request.url, headers: request.headers });
        if (request.url.includes('signature=ended')) return reply.code(403).send({ found: false });
        return reply
          .headers({
            'content-type': 'application/pdf',
            'content-disposition': 'inline; filename="SOUK-2026-000001.pdf"',
            'cache-control': 'private, no-store',
            'x-of-the-service': 'kept back',
          })
          .send('%PDF-1.3');
      });
      app.get<{ Params: { token: string } }>('/exports/orders/:token', (request, reply) => {
        calls.exports.push({ url: request.url, headers: request.headers });
        if (request.params.token.startsWith('ended')) return reply.code(404).send({ found: false });
        return reply
          .headers({
            'content-type': 'text/csv; charset=utf-8',
            'content-disposition': 'attachment; filename="orders.csv"',
            'cache-control': 'no-store',
            'x-of-the-service': 'kept back',
          })
          .send('orderNumber');
      });
      app.get('/media/products/shirt.svg', (request, reply) => {
        reply.header('etag', '"v1"').header('cache-control', 'public, max-age=60');
        if (request.headers['if-none-match'] === '"v1"') return reply.code(304).send();
        return reply.type('image/svg+xml').send('<svg xmlns="http://www.w3.org/2000/svg"/>');
      });
    },
  });
  return { server, url: await server.listen('127.0.0.1', 0) };
}

const productOf = (id: string) => ({ __typename: 'Product', id, name: `Product ${id}` });

const sessionOf = (token: string) =>
  token === ''
    ? { accessToken: null, refreshToken: null, expiresIn: null }
    : { accessToken: token, refreshToken: `next-${token}`, expiresIn: 600 };

function productResolvers(calls: Calls) {
  const field = (name: string, resolve: (args: never, context: { viewer: Viewer }) => unknown) => ({
    [name]: (_source: unknown, args: never, context: { viewer: Viewer }) => {
      calls.resolved.push(name);
      return resolve(args, context);
    },
  });
  return {
    Query: {
      ...field('products', ({ first }: { first: number }) =>
        Array.from({ length: first }, (_, index) => productOf(`prd_${index}`)),
      ),
      ...field('whoami', (_args, { viewer }) => (viewer.kind === 'user' ? viewer.userId : viewer.kind)),
      ...field('broken', () => {
        throw new Error('connect ECONNREFUSED 10.0.0.7:5432 SELECT * FROM secret_table');
      }),
      ...field('slow', () => new Promise((resolve) => setTimeout(resolve, 2_000, 'late').unref())),
      ...field('stock', (_args, { viewer }) => (hasScope(viewer, 'inventory:read') ? 7 : 0)),
      ...field('cursor', () => 'here'),
    },
    Mutation: {
      ...field('sessionCreate', () => true),
      ...field('credentialsSet', () => true),
      ...field('accountConfirm', ({ token }: { token: string }) => sessionOf(token)),
      ...field('sessionRefresh', ({ refreshToken }: { refreshToken: string }) => {
        calls.refreshed.push(refreshToken);
        return sessionOf(refreshToken.startsWith('next-') ? refreshToken.slice(5) : '');
      }),
      ...field('sessionRevoke', ({ id }: { id?: string }) => ({ accepted: id !== 'ses_unknown' })),
      ...field('sessionsRevokeAll', () => ({ accepted: true })),
    },
    Product: {
      __resolveReference: ({ id }: { id: string }) => productOf(id),
      related: () => [productOf('prd_9')],
    },
  };
}

function cartResolvers(calls: Calls) {
  return {
    Query: {
      cartName: () => {
        calls.resolved.push('cartName');
        return 'basket';
      },
    },
    Product: {
      __resolveReference: ({ id }: { id: string }) => ({ __typename: 'Product', id, inWishlist: true, wishes: 2 }),
    },
  };
}
