import type { DatabaseService } from '../stores/databases.js';
import { StartupError } from '../stores/startupError.js';
import { type ProcessName, SUBGRAPHS, type SubgraphName } from './names.js';
import type { Secrets } from './secrets.js';

/** The stores that services are given. */
export interface StoreUrls {
  readonly databases: Readonly<Record<DatabaseService, string>>;
  readonly mongodb: string;
  readonly redis: string;
}

export type Ports = Readonly<Record<ProcessName, number>>;
export type Variables = Readonly<Record<string, string>>;

export const databaseVariable = (service: DatabaseService): string => `DATABASE_URL_${service.toUpperCase()}`;

/**
 * With NODE_ENV=production nothing is embedded: every store must be named. Throws with the list of what is missing.
 */
export function requireStoresInProduction(env: NodeJS.ProcessEnv): void {
  if (env.NODE_ENV !== 'production') return;
  const needed = [...SUBGRAPHS.map(databaseVariable), 'MONGODB_URL', 'REDIS_URL'];
  const missing = needed.filter((name) => !env[name]);
  if (missing.length === 0) return;
  throw new StartupError(
    'PROCESS_FAILED',
    `With NODE_ENV=production every store must be named, and these are not: ${missing.join(', ')}.\n` +
      'Set them, or unset NODE_ENV to run the embedded stores on this machine.',
  );
}

/** What every service gets, before its own database and port. A variable that is set in `given` wins over ours. */
export function sharedEnvironment(
  ports: Ports,
  stores: StoreUrls,
  secrets: Secrets,
  given: NodeJS.ProcessEnv,
  dataDir: string,
): Variables {
  const at = (name: ProcessName): string => `http://127.0.0.1:${ports[name]}`;
  const publicUrl = given.PUBLIC_URL || `http://localhost:${ports.gateway}`;
  const ours: Record<string, string> = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    IDENTITY_SECRET: secrets.identitySecret,
    MONGODB_URL: stores.mongodb,
    REDIS_URL: stores.redis,
    PUBLIC_URL: publicUrl,
    MEDIA_BASE_URL: publicUrl,
    ACCESS_TOKEN_PRIVATE_JWK: secrets.accessTokenPrivateJwk,
    MAIL_FROM: 'Souk <orders@souk.example>',
    TWILIO_FROM: '+15005550006',
    APOLLO_TELEMETRY_DISABLED: '1',
    ...Object.fromEntries(
      SUBGRAPHS.map((name): [string, string] => [`SUBGRAPH_URL_${name.toUpperCase()}`, `${at(name)}/graphql`]),
    ),
    ...standInEnvironment(at('standIns'), secrets, given),
  };
  const chosen = Object.fromEntries(Object.keys(ours).flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
  // Not a name of the services, but of the stand-ins: where the payment service receives webhooks.
  const webhook = {
    STAND_INS_STRIPE_WEBHOOK_URL: `${at('gateway')}/webhooks/stripe`,
    STAND_INS_DATA_DIR: `${dataDir}/standIns`,
  };
  return { ...webhook, ...ours, ...chosen };
}

/**
 * Each provider is our stand-in, unless its key is set: then the real one is meant, and gets no base URL (unless that is set
 * too).
 */
function standInEnvironment(standIns: string, secrets: Secrets, given: NodeJS.ProcessEnv): Record<string, string> {
  return {
    ...(given.STRIPE_SECRET_KEY
      ? passed(given, 'STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_API_BASE_URL')
      : {
          STRIPE_SECRET_KEY: secrets.stripeSecretKey,
          STRIPE_PUBLISHABLE_KEY: secrets.stripePublishableKey,
          STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
          STRIPE_API_BASE_URL: `${standIns}/stripe`,
        }),
    ...(given.SENDGRID_API_KEY
      ? passed(given, 'SENDGRID_API_KEY', 'SENDGRID_API_BASE_URL')
      : { SENDGRID_API_KEY: secrets.sendgridApiKey, SENDGRID_API_BASE_URL: `${standIns}/sendgrid` }),
    ...(given.TWILIO_ACCOUNT_SID
      ? passed(given, 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_API_BASE_URL')
      : {
          TWILIO_ACCOUNT_SID: secrets.twilioAccountSid,
          TWILIO_AUTH_TOKEN: secrets.twilioAuthToken,
          TWILIO_API_BASE_URL: `${standIns}/twilio`,
        }),
  };
}

function passed(given: NodeJS.ProcessEnv, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
}

/**
 * The environment of one process: what the launcher itself was given (so that every setting of a service can be made there),
 * the shared variables, its port, and of all databases its own one only.
 */
export function processEnvironment(
  name: Exclude<ProcessName, 'postgres' | 'redis'>,
  shared: Variables,
  ports: Ports,
  stores: StoreUrls,
  given: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const owner: SubgraphName | undefined = name === 'worker' ? 'notification' : SUBGRAPHS.find((it) => it === name);
  const foreign = new Set(SUBGRAPHS.filter((it) => it !== owner).map(databaseVariable));
  return {
    ...Object.fromEntries(Object.entries(given).filter(([variable]) => !foreign.has(variable))),
    ...shared,
    PORT: String(ports[name]),
    ...(owner === undefined ? {} : { [databaseVariable(owner)]: stores.databases[owner] }),
    // They stand in for what production buys, and refuse to run there.
    ...(name === 'documentStore' || name === 'standIns' ? { NODE_ENV: 'development' } : {}),
  };
}
