#!/usr/bin/env node
/**
 * Writes everything that is derived and not committed: the Prisma clients and the resolver types.
 *
 *   node scripts/generate.mjs                      both, for every service (what is up to date costs nothing)
 *   node scripts/generate.mjs prisma [service]     Prisma client: subgraphs/<service>/src/generated/prisma
 *   node scripts/generate.mjs graphql [service]    resolver types: subgraphs/<service>/src/generated/graphql.ts
 *   … --check                                      writes nothing; exit 1 when something is missing or stale
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { generateGraphql } from './generate/graphql.mjs';
import { generatePrisma } from './generate/prisma.mjs';
import { SERVICES } from './generate/services.mjs';

const root = resolve(import.meta.dirname, '..');
const GENERATORS = { prisma: generatePrisma, graphql: generateGraphql };

/**
 * Generates what is not up to date, two at a time (each is one busy core).
 * @returns {Promise<{ written: string[], stale: string[], failed: string[] }>}
 */
export async function generate({
  kinds = Object.keys(GENERATORS),
  services = SERVICES,
  checkOnly = false,
  log = console.log,
} = {}) {
  const tasks = kinds.flatMap((kind) => services.map((service) => ({ kind, service })));
  const result = { written: [], stale: [], failed: [] };
  const worker = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const label = `${task.kind} ${task.service}`;
      const started = Date.now();
      try {
        const { state, warnings = [] } = await GENERATORS[task.kind](root, task.service, { checkOnly });
        for (const warning of warnings) log(`  warning: ${warning}`);
        if (state === 'stale') result.stale.push(label);
        if (state === 'written') {
          result.written.push(label);
          log(`  generated ${label} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
        }
      } catch (error) {
        result.failed.push(label);
        log(`  FAILED ${label}\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return result;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
  const [kind, service] = positionals;
  if ((kind !== undefined && !(kind in GENERATORS)) || (service !== undefined && !SERVICES.includes(service))) {
    console.error(
      `usage: node scripts/generate.mjs [${Object.keys(GENERATORS).join('|')} [${SERVICES.join('|')}]] [--check]`,
    );
    process.exit(2);
  }
  const { written, stale, failed } = await generate({
    kinds: kind === undefined ? undefined : [kind],
    services: service === undefined ? undefined : [service],
    checkOnly: values.check ?? false,
  });
  for (const label of stale) console.error(`stale: ${label} (run: npm run generate)`);
  if (failed.length + stale.length > 0) process.exit(1);
  if (written.length === 0) console.log('generated code is up to date');
}
