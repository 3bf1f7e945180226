import { createHash, randomBytes } from 'node:crypto';
import { startConsumers, startRelay } from '@souk/outbox';
import { openDatabase, watchBacklog } from '@souk/postgres';
import {
  clientNetwork,
  createLogger,
  createSubgraphServer,
  type Life,
  type Logger,
  loadSdl,
  newId,
  type SubgraphServer,
  startRepeating,
} from '@souk/runtime';
import DataLoader from 'dataloader';
import { createAccessTokens } from './adapters/accessTokens.jose.js';
import { createAccountLinks } from './adapters/accountLinks.postgres.js';
import { createAccountStore } from './adapters/accountStore.postgres.js';
import { createAddressStore } from './adapters/addressStore.postgres.js';
import { createAdministration } from './adapters/administration.postgres.js';
import { createAuditLog } from './adapters/auditLog.postgres.js';
import { userBacklog } from './adapters/backlog.postgres.js';
import { createDataExports } from './adapters/dataExports.postgres.js';
import { createEmailChanges } from './adapters/emailChanges.postgres.js';
import { createErasures } from './adapters/erasures.postgres.js';
import { createPasswordHasher } from './adapters/passwordHasher.argon2.js';
import { createSecondFactorStore } from './adapters/secondFactorStore.postgres.js';
import { createSecretBox } from './adapters/secretBox.aes.js';
import { createConfirmationStore, createSessionStore, purgeSessions } from './adapters/sessionStore.postgres.js';
import { createTokenVoider } from './adapters/voidTokens.redis.js';
import { createExportLinks } from './app/exportLinks.js';
import { createApp } from './app/index.js';
import { type Config, isConfirmationRequired } from './config.js';
import { consumers } from './consumers/index.js';
import { PrismaClient } from './generated/prisma/client.js';
import type { Context } from './graphql/context.js';
import { resolvers } from './graphql/resolvers.js';
import { exportRoutes } from './webhooks/exportRoutes.js';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const TOKEN_BYTES = 32;
const ANNOUNCE_EVERY_MS = 2_000;
const PURGE_EVERY_MS = 3_600_000;
const PURGE_BATCH = 1_000;
const PURGE_EXPORTS_BATCH = 100;
const TELL_ERASURES_EVERY_MS = 30_000;
const MAX_USER_AGENT = 200;

/** Builds the user service and starts it listening; everything it opened is closed by `life`. */
export async function startUser(
  config: Config,
  life: Life,
): Promise<{ logger: Logger; server: SubgraphServer; shutdownTimeoutMs: number }> {
  const logger = createLogger('user', config.LOG_LEVEL);
  const now = () => new Date();
  const database = openDatabase({ url: config.DATABASE_URL_USER, service: 'user', logger });
  life.onShutdown('database', () => database.close());
  const prisma = new PrismaClient({ adapter: database.prismaAdapter() });
  const accessTokens = await createAccessTokens(config.ACCESS_TOKEN_PRIVATE_JWK, config.ACCESS_TOKEN_SECONDS);

  const voider = createTokenVoider({
    database,
    redisUrl: config.REDIS_URL,
    lifetimeSeconds: config.ACCESS_TOKEN_SECONDS,
    logger,
  });
  life.onShutdown('token voider', async () => voider.close());
  /** Failing is no fault of the request: the sweeper below goes on with it. */
  const announceVoid = () =>
    voider.announce(now()).catch((error: unknown) => logger.warn({ err: error }, 'ended sessions are announced later'));

  const secondFactors = createSecondFactorStore(database);
  const secretBox = createSecretBox(config.SECOND_FACTOR_KEYS);
  const dataExports = createDataExports(database);
  const app = createApp({
    dataExports,
    exportLinks: createExportLinks({ secret: config.IDENTITY_SECRET, publicUrl: config.PUBLIC_URL }),
    erasures: createErasures(database),
    accessTokenMs: config.ACCESS_TOKEN_SECONDS * 1_000,
    newExportId: () => newId('exp'),
    newErasureId: () => newId('ers'),
    accounts: createAccountStore(database, prisma),
    addresses: createAddressStore(database, prisma),
    administration: createAdministration(database),
    audit: createAuditLog(database),
    emailChanges: createEmailChanges(database),
    sessions: createSessionStore(database),
    confirmations: createConfirmationStore(database),
    secondFactors,
    secretBox,
    staffNeedSecondFactor: config.REQUIRE_STAFF_SECOND_FACTOR,
    issuer: config.SECOND_FACTOR_ISSUER,
    randomBytes,
    announceVoid,
    links: createAccountLinks(database),
    passwords: await createPasswordHasher(),
    accessTokens,
    secrets: {
      create() {
        const token = randomBytes(TOKEN_BYTES).toString('base64url');
        return { token, hash: sha256(token) };
      },
      hash: sha256,
    },
    now,
    newAccountId: () => newId('usr'),
    newSessionId: () => newId('ses'),
    newEmailChangeId: () => newId('emc'),
    newAddressId: () => newId('adr'),
    newAttemptId: () => newId('att'),
    throttleKey: (emailKey, ip) => sha256(`${emailKey}\n${clientNetwork(ip ?? '')}`),
    confirmationRequired: isConfirmationRequired(config),
  });
  await bootstrap(app, config, logger);
  const unknownKeys = (await secondFactors.keyIds()).filter((keyId) => !secretBox.knows(keyId));
  if (unknownKeys.length > 0) {
    logger.error(
      { keyIds: unknownKeys },
      'second factors are encrypted with keys that SECOND_FACTOR_KEYS does not have',
    );
  }

  const relay = await startRelay({ service: 'user', database, redisUrl: config.REDIS_URL, logger });
  life.onShutdown('relay', () => relay.close());
  const consuming = await startConsumers({
    service: 'user',
    database,
    redisUrl: config.REDIS_URL,
    logger,
    handlers: consumers(app),
  });
  life.onShutdown('consumers', () => consuming.close());
  const telling = startRepeating({
    name: 'tell erasures again',
    everyMs: TELL_ERASURES_EVERY_MS,
    logger,
    work: app.tellErasuresAgain,
  });
  life.onShutdown('telling', () => telling.close());
  const backlog = watchBacklog({ database, statement: userBacklog, logger });
  life.onShutdown('backlog', () => backlog.close());
  const voiding = startRepeating({
    name: 'announce void tokens',
    everyMs: ANNOUNCE_EVERY_MS,
    logger,
    async work() {
      await announceVoid();
      return false;
    },
  });
  life.onShutdown('announcing', () => voiding.close());
  const purging = startRepeating({
    name: 'purge sessions',
    everyMs: PURGE_EVERY_MS,
    logger,
    work: async () => (await purgeSessions(database)(now(), PURGE_BATCH)) >= PURGE_BATCH,
  });
  const purgingExports = startRepeating({
    name: 'purge exports',
    everyMs: PURGE_EVERY_MS,
    logger,
    work: async () => (await dataExports.purge(now(), PURGE_EXPORTS_BATCH)) >= PURGE_EXPORTS_BATCH,
  });
  life.onShutdown('purge of exports', () => purgingExports.close());
  life.onShutdown('purge', () => purging.close());

  const server = await createSubgraphServer<Context>({
    service: 'user',
    sdl: loadSdl('user'),
    resolvers,
    identitySecret: config.IDENTITY_SECRET,
    logger,
    production: config.NODE_ENV === 'production',
    readiness: { postgres: () => database.ping() },
    createContext: (viewer, client) => ({
      viewer,
      client: { ip: client.ip ?? null, userAgent: client.userAgent?.slice(0, MAX_USER_AGENT) ?? null },
      app,
      accounts: new DataLoader(async (ids) => {
        const found = new Map((await app.readAccounts(ids)).map((account) => [account.id, account]));
        return ids.map((id) => found.get(id));
      }),
    }),
    routes: (fastify) => {
      exportRoutes(app)(fastify);
      fastify.get('/.well-known/jwks.json', (_request, reply) =>
        reply.header('cache-control', 'public, max-age=300').send(accessTokens.jwks),
      );
    },
  });
  life.onShutdown('server', () => server.close());
  await server.listen(config.HOST, config.PORT);
  return { logger, server, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS };
}

async function bootstrap(app: ReturnType<typeof createApp>, config: Config, logger: Logger): Promise<void> {
  const { BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password } = config;
  if (email === undefined || password === undefined) return;
  const outcome = await app.bootstrapAdmin({ email, password });
  if (outcome === 'created') logger.info('the first administrator was created');
  if (outcome === 'exists-without-role') {
    logger.warn('the account of BOOTSTRAP_ADMIN_EMAIL exists without the role ADMIN and was left as it is');
  }
}
