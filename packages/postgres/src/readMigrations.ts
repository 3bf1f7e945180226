import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationList } from './schemaEngine.js';

export interface MigrationOnDisk {
  /** Name of its folder: `<timestamp>_<name>`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 in hex, as recorded in `_prisma_migrations.checksum`. */
  readonly checksum: string;
}

/** The migrations of a standard Prisma folder, oldest first. A folder that does not exist has none. */
export async function readMigrations(migrationsDir: string): Promise<MigrationOnDisk[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(migrationsDir, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** The same migrations in the shape that Prisma's engine reads. */
export async function toMigrationList(
  migrationsDir: string,
  migrations: readonly MigrationOnDisk[],
): Promise<MigrationList> {
  const lock = await readFile(join(migrationsDir, 'migration_lock.toml'), 'utf8').catch(() => null);
  return {
    baseDir: migrationsDir,
    lockfile: { path: 'migration_lock.toml', content: lock },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}
