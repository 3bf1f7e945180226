import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';

const root = process.cwd();
const alerts = readFileSync(join(root, 'docker/prometheus/alerts.yml'), 'utf8');
const sources = ['packages', 'subgraphs', 'gateway', 'audit']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => /\/src\/.*\.ts$/.test(file) && !/node_modules|\.test\.ts$/.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

/** What is wrong with a file of alarms: metrics and kinds that no code has, runbooks that are not there. */
function faultsOf(text: string): string[] {
  const faults: string[] = [];
  for (const block of text.split(/^ {6}- alert: /m).slice(1)) {
    const name = block.slice(0, block.indexOf('\n'));
    const expr = /^ {8}expr: (.*)$/m.exec(block)?.[1] ?? '';
    const metrics = expr.match(/souk_\w+/g) ?? [];
    if (metrics.length === 0) faults.push(`${name} watches no metric`);
    for (const metric of metrics) if (!sources.includes(`'${metric}'`)) faults.push(`${name}: no code has ${metric}`);
    for (const [, kinds = ''] of expr.matchAll(/what=~?"([^"]+)"/g)) {
      for (const what of kinds.split('|'))
        if (!sources.includes(`'${what}'`)) faults.push(`${name}: nothing reports ${what}`);
    }
    const runbook = /^ {10}runbook: (.*)$/m.exec(block)?.[1] ?? '';
    if (!existsSync(join(root, runbook)) || !readFileSync(join(root, runbook), 'utf8').startsWith(`# ${name}\n`)) {
      faults.push(`${name}: ${runbook || 'its runbook'} does not exist or is about something else`);
    }
  }
  return faults;
}

test('every alarm watches what the code reports, and has its runbook', () => {
  expect(alerts.match(/- alert: /g)?.length).toBeGreaterThan(10);
  expect(faultsOf(alerts)).toEqual([]);
});

test('an alarm on a metric, a kind or with a runbook that does not exist is found', () => {
  const wrong = alerts
    .replace('souk_outbox_oldest_seconds', 'souk_outbox_oldest_minutes')
    .replace('what="orders_overdue"', 'what="orders_late"')
    .replace('runbooks/webhooks-refused.md', 'runbooks/refused.md');
  expect(faultsOf(wrong)).toEqual([
    'OutboxLagging: no code has souk_outbox_oldest_minutes',
    'OrdersNotExpiring: nothing reports orders_late',
    'WebhooksRefused: docs/runbooks/refused.md does not exist or is about something else',
  ]);
});

test('every runbook belongs to an alarm, or is one of those that are begun without one, and is in the index', () => {
  const index = readFileSync(join(root, 'docs/runbooks/README.md'), 'utf8');
  for (const file of readdirSync(join(root, 'docs/runbooks')).filter((name) => name !== 'README.md')) {
    if (!index.split('Without an alarm: ')[1]?.includes(`](${file})`)) {
      expect(alerts).toContain(`runbook: docs/runbooks/${file}`);
    }
    expect(index).toContain(`](${file})`);
  }
});

test('the queries in the runbooks are valid', () => {
  const schema = buildSchema(readFileSync(join(root, 'schema/api.graphql'), 'utf8'));
  const queries = readdirSync(join(root, 'docs/runbooks')).flatMap((file) =>
    [...readFileSync(join(root, 'docs/runbooks', file), 'utf8').matchAll(/`(\{ [^`]+ \})`/g)].map(
      ([, query = '']) => query,
    ),
  );
  expect(queries.length).toBeGreaterThan(5);
  for (const query of queries) expect({ query, errors: validate(schema, parse(query)) }).toEqual({ query, errors: [] });
});
