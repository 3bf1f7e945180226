import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import pg from 'pg';
import { type MigrateOptions, migrate } from './migrate.js';

const SCHEMA = `datasource db {
  provider = "postgresql"
}
generator client {
  provider = "prisma-client"
  output   = "./generated"
}
model Note {
  id String @id
  @@map("note")
}
`;

describe('migrate', () => {
  let folder: string;
  let database: TestDatabase;
  let client: pg.Client;
  let options: MigrateOptions;

  const write = async (name: string, sql: string): Promise<void> => {
    await mkdir(join(folder, 'migrations', name), { recursive: true });
    await writeFile(join(folder, 'migrations', name, 'migration.sql'), sql);
  };
  const tables = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
    );
    return rows.map((row) => row.name);
  };

  beforeAll(async () => {
    // A service's database serves as a role with ordinary rights; it is emptied before each test.
    database = await createTestDatabase('order');
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.close();
  });
  beforeEach(async () => {
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    folder = await mkdtemp(join(tmpdir(), 'souk-migrate-'));
    await writeFile(join(folder, 'schema.prisma'), SCHEMA);
    await write('20260101000000_init', 'CREATE TABLE note (id text PRIMARY KEY);');
    await writeFile(join(folder, 'migrations', 'migration_lock.toml'), 'provider = "postgresql"\n');
    options = {
      url: database.url,
      schemaPath: join(folder, 'schema.prisma'),
      migrationsDir: join(folder, 'migrations'),
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('applies the migrations in order, records them, and applies nothing the second time', async () => {
    await write('20260102000000_more', 'ALTER TABLE note ADD COLUMN body text;');
    expect(await migrate(options)).toEqual({ applied: ['20260101000000_init', '20260102000000_more'] });
    expect(await migrate(options)).toEqual({ applied: [] });
    const { rows } = await client.query(
      'SELECT migration_name, applied_steps_count FROM _prisma_migrations ORDER BY 1',
    );
    expect(rows).toEqual([
      { migration_name: '20260101000000_init', applied_steps_count: 1 },
      { migration_name: '20260102000000_more', applied_steps_count: 1 },
    ]);
  });

  test('four calls at once apply each migration once', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate(options)));
    expect(results.flatMap(({ applied }) => applied)).toEqual(['20260101000000_init']);
    expect(await tables()).toEqual(['note']);
  });

  test('a script is sent whole: function bodies keep their semicolons', async () => {
    await write(
      '20260102000000_function',
      'CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN n := n * 2; RETURN n; END; $$;',
    );
    await migrate(options);
    expect((await client.query('SELECT twice(21) AS answer')).rows).toEqual([{ answer: 42 }]);
  });

  test('a refused migration leaves nothing behind, says which line, and is tried again when it is corrected', async () => {
    await write('20260102000000_bad', 'CREATE TABLE kept (id int);\nCREATE TABLE bad (id nonsense);');
    await expect(migrate(options)).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('20260102000000_bad failed: type "nonsense" does not exist (line 2)'),
    });
    expect(await tables()).toEqual(['note']);
    await write('20260102000000_bad', 'CREATE TABLE kept (id int);\nCREATE TABLE good (id int);');
    expect(await migrate(options)).toEqual({ applied: ['20260102000000_bad'] });
    expect(await tables()).toEqual(['good', 'kept', 'note']);
  });

  test('an applied migration that was edited is refused, and nothing changes', async () => {
    await migrate(options);
    await write('20260101000000_init', 'CREATE TABLE note (id text PRIMARY KEY, more text);');
    await write('20260102000000_new', 'CREATE TABLE another (id int);');
    await expect(migrate(options)).rejects.toMatchObject({ code: 'MIGRATION_EDITED' });
    expect(await tables()).toEqual(['note']);
  });

  test('a database that is newer than the code is refused', async () => {
    await write('20260102000000_new', 'CREATE TABLE another (id int);');
    await migrate(options);
    await rm(join(folder, 'migrations', '20260102000000_new'), { recursive: true });
    await expect(migrate(options)).rejects.toMatchObject({ code: 'DATABASE_NEWER_THAN_CODE' });
  });

  test('a folder without migrations changes nothing', async () => {
    const empty = { ...options, migrationsDir: join(folder, 'none') };
    expect(await migrate(empty)).toEqual({ applied: [] });
    expect(await tables()).toEqual([]);
  });
});
