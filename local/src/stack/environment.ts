import { join } from 'node:path';
import type { DatabaseService } from '../stores/databases.js';
import { StartupError } from '../stores/startupError.js';
import { BEHIND_GATEWAY, type ProcessName, SUBGRAPHS, type SubgraphName } from './names.js';
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

/** The variables of all services together, except ports. One that is set in `given` wins over ours. */
export function stackVariables(ports: Ports, stores: StoreUrls, secrets: Secrets, given: NodeJS.ProcessEnv): Variables {
  const at = (name: ProcessName): string => `http://127.0.0.1:${ports[name]}`;
  const publicUrl = given.PUBLIC_URL || `http://localhost:${ports.gateway}`;
  const ours: Record<string, string> = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    IDENTITY_SECRET: secrets.identitySecret,
    ...Object.fromEntries(SUBGRAPHS.map((name) => [databaseVariable(name), stores.databases[name]])),
    MONGODB_URL: stores.mongodb,
    REDIS_URL: stores.redis,
    PUBLIC_URL: publicUrl,
    MEDIA_BASE_URL: publicUrl,
    ACCESS_TOKEN_PRIVATE_JWK: secrets.accessTokenPrivateJwk,
    SECOND_FACTOR_KEYS: JSON.stringify({ k1: secrets.secondFactorKey }),
    SECOND_FACTOR_ISSUER: 'Souk',
    BOOTSTRAP_ADMIN_EMAIL: 'admin@souk.example',
    BOOTSTRAP_ADMIN_PASSWORD: secrets.adminPassword,
    CARRIER_WEBHOOK_SECRETS: JSON.stringify({ dhl: secrets.carrierWebhookSecret }),
    MAIL_FROM: 'Souk <orders@souk.example>',
    TWILIO_FROM: '+15005550006',
    PAYMENT_RETURN_ORIGINS: new URL(publicUrl).origin,
    // An example IBAN, as banks print it in their forms: nothing can be transferred to it.
    BANK_TRANSFER_HOLDER: 'Souk Demo Shop',
    BANK_TRANSFER_IBAN: 'DE02120300000000202051',
    CASH_ON_DELIVERY: 'true',
    CASH_ON_DELIVERY_COUNTRIES: 'DE,AT',
    // On one machine everybody has one address.
    RATE_LIMIT_FACTOR: '1000',
    CONNECTIONS_PER_ADDRESS: '1000000',
    APOLLO_TELEMETRY_DISABLED: '1',
    ...Object.fromEntries(
      SUBGRAPHS.map((name): [string, string] => [`SUBGRAPH_URL_${name.toUpperCase()}`, `${at(name)}/graphql`]),
    ),
    ...standInEnvironment(at('standIns'), secrets, given),
  };
  const chosen = Object.fromEntries(Object.keys(ours).flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
  return { ...ours, ...chosen };
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
          STRIPE_API_BASE_URL: standIns,
        }),
    ...(given.PAYPAL_CLIENT_ID
      ? passed(given, 'PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', 'PAYPAL_WEBHOOK_ID', 'PAYPAL_API_BASE_URL')
      : {
          PAYPAL_CLIENT_ID: secrets.paypalClientId,
          PAYPAL_CLIENT_SECRET: secrets.paypalClientSecret,
          PAYPAL_WEBHOOK_ID: secrets.paypalWebhookId,
          PAYPAL_API_BASE_URL: `${standIns}/paypal`,
        }),
    ...(given.SENDGRID_API_KEY
      ? passed(given, 'SENDGRID_API_KEY', 'SENDGRID_API_BASE_URL')
      : { SENDGRID_API_KEY: secrets.sendgridApiKey, SENDGRID_API_BASE_URL: standIns }),
    ...(given.TWILIO_ACCOUNT_SID
      ? passed(given, 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_API_BASE_URL')
      : {
          TWILIO_ACCOUNT_SID: secrets.twilioAccountSid,
          TWILIO_AUTH_TOKEN: secrets.twilioAuthToken,
          TWILIO_API_BASE_URL: standIns,
        }),
  };
}

function passed(given: NodeJS.ProcessEnv, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
}

/** What the payment service acts on; a webhook endpoint at Stripe is set up with the same choice (subgraphs/payment/README.md). */
const WEBHOOK_EVENTS = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'payment_method.attached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'payment_method.detached',
];

/** The same for PayPal. */
const PAYPAL_WEBHOOK_EVENTS = [
  'CHECKOUT.ORDER.APPROVED',
  'PAYMENT.AUTHORIZATION.CREATED',
  'PAYMENT.AUTHORIZATION.VOIDED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.CAPTURE.REVERSED',
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.UPDATED',
  'CUSTOMER.DISPUTE.RESOLVED',
];

/** Who may know what only some need: keys, passwords and databases of others are kept from a process. */
const KNOWN_TO: readonly (readonly [variable: RegExp, processes: readonly ProcessName[]])[] = [
  ...SUBGRAPHS.filter((name) => name !== 'notification').map((name) => [named(name), [name]] as const),
  [named('notification'), ['notification', 'worker']],
  [/^MONGODB_URL$/, ['product']],
  [/^(ACCESS_TOKEN_PRIVATE_JWK|SECOND_FACTOR_KEYS|BOOTSTRAP_ADMIN_\w+)$/, ['user']],
  [/^DEMO_ACCOUNTS$/, ['gateway']],
  [/^CARRIER_WEBHOOK_SECRETS$/, ['order']],
  [/^(STRIPE|PAYPAL)_/, ['payment', 'standIns']],
  [/^(SENDGRID|TWILIO)_/, ['notification', 'worker', 'standIns']],
];

function named(service: SubgraphName): RegExp {
  return new RegExp(`^${databaseVariable(service)}$`);
}

const mayKnow = (name: ProcessName, variable: string): boolean =>
  KNOWN_TO.every(([pattern, processes]) => !pattern.test(variable) || processes.includes(name));

/**
 * The environment of one process: what the launcher itself was given (so that every setting of a service can be made there) and
 * the variables of the stack, without the secrets that it does not need; its port; and what only local programs read.
 */
export function processEnvironment(
  name: Exclude<ProcessName, 'postgres' | 'redis'>,
  variables: Variables,
  ports: Ports,
  dataDir: string,
  given: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const known = Object.entries({ ...given, ...variables }).filter(([variable]) => mayKnow(name, variable));
  return {
    // Node 22 and newer start faster on what they compiled the last time; Node 20 does not know it.
    NODE_COMPILE_CACHE: join(dataDir, 'compile-cache'),
    ...Object.fromEntries(known),
    PORT: String(ports[name]),
    ...localSettings(name, ports, dataDir),
  };
}

/** The environment of the process of all services: it knows the secrets of all, and where each listens. */
export const oneProcessEnvironment = (
  variables: Variables,
  ports: Ports,
  dataDir: string,
  given: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv => ({
  NODE_COMPILE_CACHE: join(dataDir, 'compile-cache'),
  ...given,
  ...variables,
  PORT: String(ports.gateway),
  ...Object.fromEntries(BEHIND_GATEWAY.map((name) => [`PORT_${name.toUpperCase()}`, String(ports[name])])),
});

/** The embedded store and the stand-ins stand in for what production has, and refuse to run there. */
function localSettings(name: ProcessName, ports: Ports, dataDir: string): Record<string, string> {
  if (name === 'documentStore') {
    return {
      NODE_ENV: 'development',
      DOCUMENT_STORE_DATA_DIR: join(dataDir, 'documents'),
      DOCUMENT_STORE_HOST: '127.0.0.1',
      DOCUMENT_STORE_PORT: String(ports.documentStore),
    };
  }
  if (name === 'standIns') {
    return {
      NODE_ENV: 'development',
      DATA_FILE: join(dataDir, 'standIns', 'journal'),
      STRIPE_WEBHOOK_URL: `http://127.0.0.1:${ports.gateway}/webhooks/stripe`,
      STRIPE_WEBHOOK_EVENTS: WEBHOOK_EVENTS.join(','),
      PAYPAL_WEBHOOK_URL: `http://127.0.0.1:${ports.gateway}/webhooks/paypal`,
      PAYPAL_WEBHOOK_EVENTS: PAYPAL_WEBHOOK_EVENTS.join(','),
    };
  }
  return {};
}
