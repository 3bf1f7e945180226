import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { DATABASE_SERVICES, type DatabaseService, provisionDatabases } from './databases.js';
import { freePort } from './ports.js';
import { type RunningPostgres, startPostgres } from './postgres.js';
import { makeReachable } from './testing/makeReachable.js';

const passwords = Object.fromEntries(DATABASE_SERVICES.map((service) => [service, `password-of-${service}`])) as Record<
  DatabaseService,
  string
>;

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  let parent: string;
  let port: number;
  let running: RunningPostgres | undefined;

  const start = async (): Promise<RunningPostgres> => {
    running = await startPostgres({ dataDir: join(parent, 'data'), port, password: 'secret', mode: 'durable' });
    return running;
  };

  beforeAll(async () => {
    parent = await makeReachable(await mkdtemp('/tmp/souk-postgres-'));
    port = await freePort();
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  test('is Postgres 18 that commits durably and accepts passwords only', async () => {
    const { adminUrl } = await start();
    const [row] = await query(
      adminUrl,
      `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('synchronous_commit') AS commit,
              current_setting('fsync') AS fsync, current_setting('jit') AS jit, current_setting('listen_addresses') AS listen`,
    );
    expect(row).toEqual({ major: 18, commit: 'on', fsync: 'on', jit: 'off', listen: '127.0.0.1' });
    await expect(query(adminUrl.replace('secret', 'wrong'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('keeps what was committed when it is killed, and starts again on the stale pid file', async () => {
    const first = await start();
    await query(first.adminUrl, `CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)`);
    first.process.signal('SIGKILL');
    await first.process.exited;
    const second = await start();
    expect(await query(second.adminUrl, 'SELECT id FROM orders')).toEqual([{ id: 1 }]);
  });

  test('a role per service, which can connect to its own database and to no other', async () => {
    const { adminUrl } = await start();
    const urls = await provisionDatabases({ adminUrl, passwords });
    for (const service of DATABASE_SERVICES) {
      const [own] = await query(urls[service], 'SELECT current_user AS role, current_database() AS database');
      expect(own).toEqual({ role: `souk_${service}`, database: `souk_${service}` });
      const other = DATABASE_SERVICES[(DATABASE_SERVICES.indexOf(service) + 1) % DATABASE_SERVICES.length];
      for (const database of [`souk_${other}`, 'postgres', 'template1']) {
        const foreign = new URL(urls[service]);
        foreign.pathname = `/${database}`;
        await expect(query(foreign.href, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
      }
    }
  });

  test('making the databases again changes nothing in them', async () => {
    const { adminUrl } = await start();
    const urls = await provisionDatabases({ adminUrl, passwords });
    await query(urls.order, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
    expect(await provisionDatabases({ adminUrl, passwords })).toEqual(urls);
    expect(await query(urls.order, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
  });

  test('refuses the data of another major version, and says how to go on', async () => {
    await writeFile(join(parent, 'data', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toMatchObject({
      code: 'WRONG_VERSION',
      message: expect.stringContaining('Postgres 17'),
    });
    await writeFile(join(parent, 'data', 'PG_VERSION'), '18\n');
  });
});
