/**
 * Brings every database up to date whose DATABASE_URL_<SERVICE> is set, then exits. Safe to run any number of times and
 * by several replicas at once. `prisma migrate deploy` does the same where Prisma's engines can be downloaded.
 */
import { migrate } from '@souk/postgres/migrate';

const SERVICES = ['user', 'product', 'cart', 'order', 'payment', 'notification'];
const given = SERVICES.filter((service) => process.env[`DATABASE_URL_${service.toUpperCase()}`]);
if (given.length === 0) {
  console.error(
    `migrate: set at least one of ${SERVICES.map((service) => `DATABASE_URL_${service.toUpperCase()}`).join(', ')}`,
  );
  process.exit(78);
}
for (const service of given) {
  const { applied } = await migrate({
    url: process.env[`DATABASE_URL_${service.toUpperCase()}`],
    schemaPath: `prisma/${service}/schema.prisma`,
    migrationsDir: `prisma/${service}/migrations`,
  });
  console.log(`migrate: ${service} ${applied.length === 0 ? 'was up to date' : `applied ${applied.join(', ')}`}`);
}
