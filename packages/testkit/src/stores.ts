import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@souk/postgres/migrate';
import pg from 'pg';
import { createClient } from 'redis';

/** The services that own a Postgres database. */
export type DatabaseService = 'user' | 'product' | 'cart' | 'order' | 'payment' | 'notification';

export interface TestDatabase {
  /** As the service's own role, with the rights and timeouts that it has everywhere. */
  readonly url: string;
  /** As superuser, same database: for a look from outside, or to make a failure. */
  readonly adminUrl: string;
  /** Ends all connections and drops it. Call it in afterAll. */
  close(): Promise<void>;
}

export interface TestRedis {
  /** Names a database (index) that no other test uses; pub/sub channels are shared by all of them, as always in Redis. */
  readonly url: string;
  close(): Promise<void>;
}

export interface TestDocumentStore {
  /** For `new MongoClient(url)`; names a database that no other test uses. */
  readonly url: string;
  /** Drops the database. */
  close(): Promise<void>;
}

interface PostgresOfRun {
  readonly adminUrl: string;
  readonly passwords: Readonly<Record<DatabaseService, string>>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Asks the process that owns this run's stores (scripts/jest/globalSetup.mjs); the first one to ask waits for its start. */
async function storeOfRun<T>(name: 'postgres' | 'redis' | 'documentStore'): Promise<T> {
  const base = process.env.SOUK_TEST_STORES;
  if (base === undefined)
    throw new Error('no test stores: run tests through "npm run jest" (its globalSetup owns them)');
  const response = await fetch(`${base}/${name}`);
  if (!response.ok) throw new Error(`${name} for tests did not start: ${await response.text()}`);
  return (await response.json()) as T;
}

/**
 * A migrated database of the service for this test file alone, on the real Postgres. Migrations run once per run and text
 * of the migrations; each call clones the result (about 50 ms).
 */
export async function createTestDatabase(service: DatabaseService): Promise<TestDatabase> {
  const { adminUrl, passwords } = await storeOfRun<PostgresOfRun>('postgres');
  const role = `souk_${service}`;
  const asRole = (database: string): string => {
    const url = new URL(adminUrl);
    url.username = role;
    url.password = passwords[service];
    url.pathname = `/${database}`;
    return url.href;
  };
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const name = `test_${service}_${randomBytes(6).toString('hex')}`;
  try {
    const template = await ensureTemplate(admin, service, asRole);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${role}`);
    await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  } finally {
    await admin.end();
  }
  const ownAdminUrl = new URL(adminUrl);
  ownAdminUrl.pathname = `/${name}`;
  return { url: asRole(name), adminUrl: ownAdminUrl.href, close: () => dropDatabase(adminUrl, name) };
}

/** The migrated database that clones are made of; whoever comes first makes it, the others wait. */
async function ensureTemplate(
  admin: pg.Client,
  service: DatabaseService,
  asRole: (database: string) => string,
): Promise<string> {
  const migrationsDir = join(root, 'prisma', service, 'migrations');
  const template = `template_${service}_${(await hashFolder(migrationsDir)).slice(0, 16)}`;
  const exists = async (): Promise<boolean> =>
    (await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])).rows.length > 0;
  if (await exists()) return template;
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
  if (await exists()) return template;
  const unfinished = `${template}_unfinished`;
  await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${unfinished} OWNER souk_${service}`);
  await migrate({
    url: asRole(unfinished),
    schemaPath: join(root, 'prisma', service, 'schema.prisma'),
    migrationsDir,
  });
  await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
  return template;
}

async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await admin.end();
  }
}

async function hashFolder(dir: string): Promise<string> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path).update(await readFile(path));
  return hash.digest('hex');
}

const REDIS_DATABASES = 512;

/** An empty database of the run's Redis for this test file alone. */
export async function createTestRedis(): Promise<TestRedis> {
  const { url } = await storeOfRun<{ url: string }>('redis');
  const counter = createClient({ url });
  await counter.connect();
  // Database 0 only counts; after 511 test files the first ones are long over.
  const index = ((await counter.incr('souk:test:databases')) % (REDIS_DATABASES - 1)) + 1;
  counter.destroy();
  const own = `${url}/${index}`;
  const flush = async (): Promise<void> => {
    const client = createClient({ url: own });
    await client.connect();
    await client.flushDb();
    client.destroy();
  };
  await flush();
  return { url: own, close: flush };
}

/**
 * An empty catalogue database for this test file alone: on the MongoDB that MONGODB_URL names, else on the run's embedded
 * document store.
 */
export async function createTestDocumentStore(): Promise<TestDocumentStore> {
  const server = process.env.MONGODB_URL || (await storeOfRun<{ url: string }>('documentStore')).url;
  const url = new URL(server);
  url.pathname = `/test_${randomBytes(6).toString('hex')}`;
  const drop = async (): Promise<void> => {
    const { MongoClient } = await import('mongodb');
    const client = await MongoClient.connect(url.href);
    try {
      await client.db().dropDatabase();
    } finally {
      await client.close();
    }
  };
  return { url: url.href, close: drop };
}
