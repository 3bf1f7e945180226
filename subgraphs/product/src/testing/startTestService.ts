import { IDENTITY_HEADER, STATEMENTS_HEADER, signIdentity, type Viewer } from '@souk/runtime';
import { createTestDatabase, createTestRedis, type GraphqlClient, graphqlClient } from '@souk/testkit';
import { compose, type ProductService } from '../composition.js';
import { readConfig } from '../config.js';
import { openTestMongo } from './openTestMongo.js';

const SECRET = 'ab'.repeat(32);

export const ANYONE: Viewer = { kind: 'anonymous' };
export const CUSTOMER: Viewer = {
  kind: 'user',
  userId: 'usr_customer',
  sessionId: 'ses_1',
  roles: ['customer'],
  scopes: [],
};
export const STAFF: Viewer = {
  kind: 'user',
  userId: 'usr_staff',
  sessionId: 'ses_2',
  roles: ['staff'],
  scopes: ['catalog:write', 'inventory:read', 'inventory:write'],
};
export const service = (name: 'order' | 'cart'): Viewer => ({
  kind: 'service',
  service: name,
  scopes: ['service', `service:${name}`],
});

export interface TestStores {
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly mongoUrl: string;
  readonly redisUrl: string;
  close(): Promise<void>;
}

/** Empty stores for one test file; several replicas may share them. */
export async function openTestStores(): Promise<TestStores> {
  const [database, redis, mongo] = await Promise.all([
    createTestDatabase('product'),
    createTestRedis(),
    openTestMongo(),
  ]);
  return {
    databaseUrl: database.url,
    mongoUrl: mongo.url,
    redisUrl: redis.url,
    env: {
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      IDENTITY_SECRET: SECRET,
      DATABASE_URL_PRODUCT: database.url,
      MONGODB_URL: mongo.url,
      REDIS_URL: redis.url,
      MEDIA_BASE_URL: 'https://shop.example',
    },
    async close() {
      await mongo.close();
      await redis.close();
      await database.close();
    },
  };
}

export interface TestService extends ProductService {
  readonly url: string;
  as(viewer: Viewer): GraphqlClient;
  /** Data of an operation, and how many statements it sent to the stores. */
  counted<Data>(viewer: Viewer, query: string, variables?: object): Promise<{ data: Data; statements: number }>;
  close(): Promise<void>;
}

/** The service as it runs, on a free port. */
export async function startTestService(stores: TestStores): Promise<TestService> {
  const closers: (() => Promise<unknown>)[] = [];
  const life = { onShutdown: (_name: string, close: () => Promise<unknown>) => void closers.push(close) };
  const started = await compose(readConfig(stores.env), life);
  const url = await started.server.listen('127.0.0.1', 0);
  const as = (viewer: Viewer) =>
    graphqlClient(`${url}/graphql`, (body) => ({
      [IDENTITY_HEADER]: signIdentity({ secret: SECRET, from: 'gateway', to: 'product', viewer, body }),
    }));
  return {
    ...started,
    url,
    as,
    async counted<Data>(viewer: Viewer, query: string, variables: object = {}) {
      const answer = await as(viewer).send<Data>(query, variables);
      if (answer.errors.length > 0 || !answer.data) throw new Error(JSON.stringify(answer.errors));
      return { data: answer.data, statements: Number(answer.headers.get(STATEMENTS_HEADER)) };
    },
    async close() {
      for (const close of closers.reverse()) await close();
    },
  };
}
