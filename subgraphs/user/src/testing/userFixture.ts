import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type ClientInfo, signIdentity, type Viewer } from '@souk/runtime';
import { createTestDatabase, createTestRedis, type GraphqlClient, graphqlClient } from '@souk/testkit';
import { startUser } from '../composition.js';
import { readConfig } from '../config.js';

/** A running user service on real stores. */
export interface UserFixture {
  readonly url: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly as: (viewer: Viewer, client?: ClientInfo) => GraphqlClient;
  /** Starts a second process's worth of the service on the same stores, as a restart would, and answers how to call that one. */
  restart(env: NodeJS.ProcessEnv): Promise<UserFixture['as']>;
  close(): Promise<void>;
}

export const guest: Viewer = { kind: 'anonymous' };
export const service = (name: 'notification' | 'order'): Viewer => ({
  kind: 'service',
  service: name,
  scopes: ['service', `service:${name}`],
});
export const member = (userId: string, scopes: string[] = [], sessionId = 'ses_other'): Viewer => ({
  kind: 'user',
  userId,
  sessionId,
  roles: ['CUSTOMER'],
  scopes,
});

export const ADMIN = { email: 'Admin@Example.com', password: 'a first administrator' };

export async function startUserFixture(more: NodeJS.ProcessEnv = {}): Promise<UserFixture> {
  const identitySecret = randomBytes(32).toString('hex');
  const closers: (() => Promise<unknown>)[] = [];
  const [database, redis] = await Promise.all([createTestDatabase('user'), createTestRedis()]);
  closers.push(
    () => database.close(),
    () => redis.close(),
  );
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const start = (env: NodeJS.ProcessEnv) =>
    startUser(
      readConfig({
        NODE_ENV: 'test',
        LOG_LEVEL: 'error',
        IDENTITY_SECRET: identitySecret,
        PORT: '0',
        DATABASE_URL_USER: database.url,
        REDIS_URL: redis.url,
        SECOND_FACTOR_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64url') }),
        ACCESS_TOKEN_PRIVATE_JWK: JSON.stringify(jwk),
        BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        ...more,
        ...env,
      }),
      { onShutdown: (_name, close) => void closers.push(close) },
    );
  const { server } = await start({});
  const url = server.app.listeningOrigin;
  const callers =
    (origin: string): UserFixture['as'] =>
    (viewer, client) =>
      graphqlClient(`${origin}/graphql`, (body) => ({
        'x-souk-identity': signIdentity({
          secret: identitySecret,
          from: viewer.kind === 'service' ? viewer.service : 'gateway',
          to: 'user',
          viewer,
          client,
          body,
        }),
      }));
  return {
    url,
    databaseUrl: database.adminUrl,
    redisUrl: redis.url,
    as: callers(url),
    restart: async (env) => callers((await start(env)).server.app.listeningOrigin),
    async close() {
      for (const close of closers.reverse()) await close();
    },
  };
}
