#!/usr/bin/env node
/**
 * The SQL of a service's next migration, by Prisma's own engine:
 *
 *   node scripts/migration-diff.mjs <service>                    from nothing to prisma/<service>/schema.prisma
 *   node scripts/migration-diff.mjs <service> --from <file>      from another (older) datamodel to it
 *   node scripts/migration-diff.mjs <service> --from-git <rev>   from the datamodel of a Git revision to it
 *
 * With `--write <name>` the SQL becomes prisma/<service>/migrations/<timestamp>_<name>/migration.sql instead of being
 * printed. Finish it by hand (CHECK constraints, partial indexes, functions): the engine compares datamodels only, it
 * cannot read a live database here, so what was written by hand is neither seen nor dropped by a later diff.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string' }, 'from-git': { type: 'string' }, write: { type: 'string' } },
});
const service = positionals[0];
const datamodel = service === undefined ? undefined : join('prisma', service, 'schema.prisma');
if (datamodel === undefined || !existsSync(join(root, datamodel))) {
  console.error('usage: node scripts/migration-diff.mjs <service> [--from <file> | --from-git <rev>] [--write <name>]');
  if (datamodel !== undefined) console.error(`${datamodel} does not exist`);
  process.exit(2);
}

const target = (content, path) => ({ tag: 'schemaDatamodel', files: [{ path, content }] });

async function source() {
  if (values['from-git'] !== undefined) {
    const text = execFileSync('git', ['show', `${values['from-git']}:${datamodel}`], { cwd: root, encoding: 'utf8' });
    return target(text, datamodel);
  }
  if (values.from !== undefined) return target(await readFile(values.from, 'utf8'), values.from);
  return { tag: 'empty' };
}

/** Comparing two datamodels needs a dialect, not a database: this answers the one question that the engine asks. */
function postgresDialect() {
  const answer = {
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [[true, 'PostgreSQL 18.0', 180000]],
  };
  const adapter = {
    provider: 'postgres',
    adapterName: 'dialect-only',
    queryRaw: async ({ sql }) => {
      if (!sql.includes('server_version_num')) throw new Error(`unexpected query of the schema engine: ${sql}`);
      return answer;
    },
    executeRaw: async () => 0,
    executeScript: async () => undefined,
    startTransaction: async () => Promise.reject(new Error('no transactions here')),
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: async () => undefined,
  };
  const connect = async () => adapter;
  return { provider: 'postgres', adapterName: adapter.adapterName, connect, connectToShadowDb: connect };
}

const wasm = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
const { instance } = await WebAssembly.instantiate(await readFile(wasm), { './schema_engine_bg.js': bindings });
bindings.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

try {
  const content = await readFile(join(root, datamodel), 'utf8');
  const adapter = bindMigrationAwareSqlAdapterFactory(postgresDialect());
  const engine = await bindings.SchemaEngine.new({ datamodels: [[datamodel, content]] }, () => undefined, adapter);
  const { stdout } = await engine.diff({
    from: await source(),
    to: target(content, datamodel),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  // "public" is there in every database, and a service's role may not create schemas.
  const sql = `${(stdout ?? '').replace(/-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n/, '').trim()}\n`;
  if (values.write === undefined) process.stdout.write(sql);
  else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const migrations = join(root, 'prisma', service, 'migrations');
    const folder = join(migrations, `${stamp}_${values.write}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'migration.sql'), sql, { flag: 'wx' });
    const lock = join(migrations, 'migration_lock.toml');
    if (!existsSync(lock)) await writeFile(lock, 'provider = "postgresql"\n');
    console.log(join('prisma', service, 'migrations', `${stamp}_${values.write}`, 'migration.sql'));
  }
} catch (error) {
  console.error(`${datamodel}: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
