import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../../prisma/', import.meta.url);
const tables = readFileSync(new URL('../sql/tables.sql', import.meta.url), 'utf8');
/** Only what Postgres executes: no comments, no difference in white space. */
const executed = (text: string): string => text.replace(/--.*$/gm, '').replace(/\s+/g, ' ');
const statements = executed(tables)
  .split(/; (?=CREATE)/)
  .map((statement) => statement.trim().replace(/;$/, ''));
const missingIn = (migrations: string): string[] => {
  const present = executed(migrations);
  return statements.filter((statement) => !present.includes(`${statement};`));
};

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
    expect(missingIn(migrations)).toEqual([]);
  },
);

test('the comparison notices a column that is missing, and an index', () => {
  expect(statements).toHaveLength(8);
  expect(missingIn(tables.replace('    "actor" TEXT NOT NULL,\n', ''))).toHaveLength(1);
  expect(missingIn(tables.replace(/CREATE INDEX "outbox_event_due_idx".*\n/, ''))).toHaveLength(1);
});
