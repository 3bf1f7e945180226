import pg from 'pg';

/** The services that own a Postgres database each. */
export const DATABASE_SERVICES = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
export type DatabaseService = (typeof DATABASE_SERVICES)[number];

/** Name of a service's database, and of the only role that can connect to it. */
export const databaseName = (service: DatabaseService): string => `souk_${service}`;

export interface ProvisionOptions {
  readonly adminUrl: string;
  /** One password per service; roles that exist already are given it again. */
  readonly passwords: Readonly<Record<DatabaseService, string>>;
  /** Roles only, no databases: tests make their own. */
  readonly rolesOnly?: boolean;
}

/**
 * Makes a role and a database for each service. Guarantee: a service's role is no superuser, owns its own database and can
 * connect to no other, so that a query across services fails in Postgres. Calling it again changes nothing.
 * Returns the URL of each service's database.
 */
export async function provisionDatabases(options: ProvisionOptions): Promise<Record<DatabaseService, string>> {
  const admin = new pg.Client({ connectionString: options.adminUrl, connectionTimeoutMillis: 10_000 });
  await admin.connect();
  try {
    await admin.query(`SELECT pg_advisory_lock(5301974113)`);
    await admin.query(`REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC`);
    const roles = await names(admin, 'SELECT rolname AS name FROM pg_roles');
    const databases = await names(admin, 'SELECT datname AS name FROM pg_database');
    for (const service of DATABASE_SERVICES) {
      const name = databaseName(service);
      const password = pg.escapeLiteral(options.passwords[service]);
      await admin.query(
        roles.has(name)
          ? `ALTER ROLE ${name} LOGIN PASSWORD ${password}`
          : `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${password}`,
      );
      await admin.query(
        `ALTER ROLE ${name} SET statement_timeout = '15s';
         ALTER ROLE ${name} SET idle_in_transaction_session_timeout = '20s';
         ALTER ROLE ${name} SET lock_timeout = '10s'`,
      );
      if (options.rolesOnly === true) continue;
      // FILE_COPY of the almost empty template is the slower way here: it forces two checkpoints.
      if (!databases.has(name)) await admin.query(`CREATE DATABASE ${name} OWNER ${name} STRATEGY wal_log`);
      await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
    }
  } finally {
    await admin.end();
  }
  return Object.fromEntries(
    DATABASE_SERVICES.map((service) => [service, serviceUrl(options.adminUrl, service, options.passwords[service])]),
  ) as Record<DatabaseService, string>;
}

/** The URL by which a service reaches a database (its own one unless named). */
export function serviceUrl(
  adminUrl: string,
  service: DatabaseService,
  password: string,
  database: string = databaseName(service),
): string {
  const url = new URL(adminUrl);
  url.username = databaseName(service);
  url.password = encodeURIComponent(password);
  url.pathname = `/${database}`;
  return url.href;
}

async function names(client: pg.Client, query: string): Promise<Set<string>> {
  const result = await client.query<{ name: string }>(query);
  return new Set(result.rows.map((row) => row.name));
}
