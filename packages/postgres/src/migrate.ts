import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { type MigrationOnDisk, readMigrations, toMigrationList } from './readMigrations.js';
import { openSchemaEngine } from './schemaEngine.js';

export interface MigrateOptions {
  /** Database to bring up to date. The role in it must own the schema. */
  readonly url: string;
  /** `prisma/<service>/schema.prisma`. */
  readonly schemaPath: string;
  /** Standard Prisma folder: `<timestamp>_<name>/migration.sql` and `migration_lock.toml`. */
  readonly migrationsDir: string;
  readonly log?: (line: string) => void;
}

export type MigrationErrorCode =
  /** A migration that was applied has another text now. */
  | 'MIGRATION_EDITED'
  /** The database has a migration that the folder does not have: the code is older than the database. */
  | 'DATABASE_NEWER_THAN_CODE'
  /** A migration's SQL was refused; nothing of it was kept. */
  | 'MIGRATION_FAILED'
  /** An earlier migration failed half way (it contains its own transaction control) and must be resolved by hand. */
  | 'MIGRATION_UNRESOLVED';

/** A database that cannot be brought up to date. The message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  constructor(
    readonly code: MigrationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface RecordedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly rolled_back_at: Date | null;
}

/** Any constant will do, as long as nothing else in these databases uses it for an advisory lock. */
const LOCK_KEY = 5_301_974_112;

/**
 * Brings a database up to date with its migrations folder, by Prisma's own engine and in its own record
 * (`_prisma_migrations`), so that `prisma migrate deploy` can be used on the same database.
 *
 * Guarantees: a second call applies nothing (and costs one query); calls at the same time apply each migration once,
 * the others wait; a migration that fails leaves nothing behind and is tried again by the next call.
 * Errors: {@link MigrationError}, or the connection error of `pg`.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.migrationsDir);
  if (migrations.length === 0) return { applied: [] };
  const lock = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 10_000 });
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    if (isUpToDate(migrations, await readRecord(lock))) return { applied: [] };
    // A role's statement_timeout is meant for requests; a migration, and waiting for another one, may take longer.
    await lock.query('SET statement_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    if (isUpToDate(migrations, await readRecord(lock))) return { applied: [] };
    return { applied: await apply(options, migrations, lock) };
  } finally {
    await lock.end();
  }
}

async function readRecord(client: pg.Client): Promise<RecordedMigration[]> {
  const exists = await client.query<{ found: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`,
  );
  if (exists.rows[0]?.found !== true) return [];
  const result = await client.query<RecordedMigration>(
    'SELECT migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations ORDER BY started_at',
  );
  return result.rows;
}

/** Throws when the record contradicts the folder; otherwise says whether nothing is left to do. */
function isUpToDate(migrations: readonly MigrationOnDisk[], record: readonly RecordedMigration[]): boolean {
  const onDisk = new Map(migrations.map((migration) => [migration.name, migration]));
  const done = new Set<string>();
  for (const row of record) {
    if (row.rolled_back_at !== null) continue;
    const migration = onDisk.get(row.migration_name);
    if (row.finished_at === null) {
      throw new MigrationError(
        'MIGRATION_UNRESOLVED',
        `Migration ${row.migration_name} was interrupted or failed half way. Look at what it left, repair it, then mark it with ` +
          `"UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${row.migration_name}'" ` +
          '(to run it again) or "prisma migrate resolve --applied" (when it is complete).',
      );
    }
    if (migration === undefined) {
      throw new MigrationError(
        'DATABASE_NEWER_THAN_CODE',
        `The database has migration ${row.migration_name}, which this version of the code does not have. ` +
          'Start a version that has it, or (development only) delete the data directory.',
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationError(
        'MIGRATION_EDITED',
        `Migration ${row.migration_name} was edited after it had been applied. Put its text back and write a new migration, ` +
          'or (development only) delete the data directory.',
      );
    }
    done.add(row.migration_name);
  }
  return migrations.every((migration) => done.has(migration.name));
}

async function apply(
  options: MigrateOptions,
  migrations: readonly MigrationOnDisk[],
  lock: pg.Client,
): Promise<string[]> {
  const datamodel = { path: options.schemaPath, content: await readFile(options.schemaPath, 'utf8') };
  const pool = new pg.Pool({ connectionString: options.url, max: 1, options: '-c statement_timeout=0' });
  pool.on('error', () => undefined);
  try {
    const { engine, explain } = await openSchemaEngine({ pool, datamodel });
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: await toMigrationList(options.migrationsDir, migrations),
        filters: { externalTables: [], externalEnums: [] },
      });
      for (const name of appliedMigrationNames) options.log?.(`applied ${name}`);
      return appliedMigrationNames;
    } catch (error) {
      throw await failure(explain(error), migrations, lock);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/**
 * Postgres runs a script of several statements as one transaction, so a refused one has left nothing, and can be marked
 * as rolled back; one that ends transactions itself, or builds indexes concurrently, cannot be judged from here.
 */
async function failure(cause: Error, migrations: readonly MigrationOnDisk[], lock: pg.Client): Promise<MigrationError> {
  const failed = (await readRecord(lock)).find((row) => row.finished_at === null && row.rolled_back_at === null);
  const migration = migrations.find(({ name }) => name === failed?.migration_name);
  if (migration === undefined) {
    return new MigrationError('MIGRATION_FAILED', `The migrations could not be applied: ${cause.message}`, { cause });
  }
  const atomic = !/\b(commit|rollback|concurrently)\b/i.test(withoutBodies(migration.sql));
  if (atomic) {
    await lock.query(
      'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL',
      [migration.name],
    );
  }
  const kept = atomic
    ? 'Nothing of it was kept; correct it and start again.'
    : 'Look at what it left before starting again.';
  return new MigrationError('MIGRATION_FAILED', `Migration ${migration.name} failed: ${cause.message}\n${kept}`, {
    cause,
  });
}

/** The script without comments and without function bodies (whose BEGIN … END are not transactions). */
function withoutBodies(sql: string): string {
  return sql
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, '')
    .replace(/--.*$/gm, '')
    .replace(/\/\*[\s\S]*?\*\//g, '');
}
