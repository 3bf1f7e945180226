import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../../prisma/', import.meta.url);
const tables = readFileSync(new URL('../sql/tables.sql', import.meta.url), 'utf8');
/** Only what Postgres executes: no comments, no difference in white space. */
const statements = (text: string): string[] =>
  text
    .replace(/--.*$/gm, '')
    .split(/;\s*(?=CREATE|$)/)
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '');

const services = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test.each(services)(
  'the database of the %s service has the outbox and inbox tables exactly as packages/outbox/sql/tables.sql',
  (service) => {
    const folder = new URL(`${service}/migrations/`, root);
    const migrations = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => readFileSync(new URL(`${entry.name}/migration.sql`, folder), 'utf8'))
      .join('\n');
    const present = new Set(statements(migrations));
    expect(statements(tables).filter((statement) => !present.has(statement))).toEqual([]);
  },
);

test('the comparison notices a column that is missing', () => {
  const present = new Set(statements(tables.replace('    "actor" TEXT NOT NULL,\n', '')));
  expect(statements(tables).filter((statement) => !present.has(statement))).toHaveLength(1);
});
