/** The services whose Postgres databases are audited. */
export const DATABASES = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** Where the auditor looks. It only reads. What is optional and not given is not looked at, and said so in the result's notes. */
export interface StoreUrls {
  /** Postgres URLs. The auditor's transactions are READ ONLY; a role that may only read is enough. */
  readonly databases: Readonly<Record<DatabaseName, string>>;
  /** Queues, for parked deliveries. */
  readonly redis?: string | undefined;
  readonly stripe?: { readonly secretKey: string; readonly baseUrl?: string | undefined } | undefined;
  /** Origin of the local stand-ins, whose mailbox tells which mails were really sent. SendGrid has no such list. */
  readonly standIns?: string | undefined;
}

const variable = (name: DatabaseName): string => `DATABASE_URL_${name.toUpperCase()}`;

/** Names of the variables without which there is nothing to audit and which are not set. */
export const missingVariables = (env: Readonly<Record<string, string | undefined>>): string[] =>
  DATABASES.map(variable).filter((name) => !env[name]);

/** The stores that the services' own variables name: DATABASE_URL_*, REDIS_URL, STRIPE_SECRET_KEY, STRIPE_API_BASE_URL, SENDGRID_API_BASE_URL. */
export function storesFrom(env: Readonly<Record<string, string | undefined>>): StoreUrls {
  const missing = missingVariables(env);
  if (missing.length > 0) throw new Error(`these variables are not set: ${missing.join(', ')}`);
  return {
    databases: Object.fromEntries(DATABASES.map((name) => [name, env[variable(name)]])) as StoreUrls['databases'],
    redis: env.REDIS_URL || undefined,
    stripe: env.STRIPE_SECRET_KEY
      ? { secretKey: env.STRIPE_SECRET_KEY, baseUrl: env.STRIPE_API_BASE_URL || undefined }
      : undefined,
    standIns: env.SENDGRID_API_BASE_URL || undefined,
  };
}
