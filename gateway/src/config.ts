import { isIP } from 'node:net';
import { join } from 'node:path';
import { baseConfig, configTypes, identityConfig, loadConfig, type ServiceName, schemaFolder } from '@souk/runtime';
import { z } from 'zod';
import type { PersistedMode } from './http/persistedOperations.js';

/** The services that are subgraphs: everything but the gateway itself. */
export const SUBGRAPHS = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
export type SubgraphName = Exclude<ServiceName, 'gateway'>;

const subgraphUrl = (name: SubgraphName) =>
  configTypes.url().describe(`GraphQL endpoint of the ${name} service, such as http://127.0.0.1:4001/graphql`);

const optionalTimeout = (name: SubgraphName) =>
  z.coerce
    .number()
    .int()
    .min(50)
    .max(120_000)
    .optional()
    .describe(`longest answer of the ${name} service in milliseconds, where it differs from SUBGRAPH_TIMEOUT_MS`);

const originList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  )
  .refine((origins) => origins.every(isOrigin), 'must be origins such as https://shop.example, separated by commas');

function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/');
  return isIP(address) !== 0 && (bits === undefined || /^\d{1,3}$/.test(bits));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Every variable that the gateway reads; README.md has the same list as a table. */
export const gatewayConfig = {
  ...baseConfig,
  ...identityConfig,
  PORT: configTypes.port(4000).describe('port of the public endpoint'),
  SUBGRAPH_URL_USER: subgraphUrl('user'),
  SUBGRAPH_URL_PRODUCT: subgraphUrl('product'),
  SUBGRAPH_URL_CART: subgraphUrl('cart'),
  SUBGRAPH_URL_ORDER: subgraphUrl('order'),
  SUBGRAPH_URL_PAYMENT: subgraphUrl('payment'),
  SUBGRAPH_URL_NOTIFICATION: subgraphUrl('notification'),
  SUBGRAPH_TIMEOUT_MS: configTypes
    .integer(10_000, { min: 50, max: 120_000 })
    .describe(
      'longest answer of a subgraph in milliseconds; afterwards its fields are null with DEPENDENCY_UNAVAILABLE',
    ),
  SUBGRAPH_TIMEOUT_MS_USER: optionalTimeout('user'),
  SUBGRAPH_TIMEOUT_MS_PRODUCT: optionalTimeout('product'),
  SUBGRAPH_TIMEOUT_MS_CART: optionalTimeout('cart'),
  SUBGRAPH_TIMEOUT_MS_ORDER: optionalTimeout('order'),
  SUBGRAPH_TIMEOUT_MS_PAYMENT: optionalTimeout('payment'),
  SUBGRAPH_TIMEOUT_MS_NOTIFICATION: optionalTimeout('notification'),
  JWKS_URL: configTypes
    .url()
    .optional()
    .describe('public keys of access tokens; default: /.well-known/jwks.json of the user service'),
  CORS_ORIGINS: originList.describe('origins of browser applications that may call this endpoint, separated by commas'),
  TRUST_PROXY: z
    .string()
    .default('0')
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine(
      (parts) => (parts.length === 1 && /^[0-9]$/.test(parts[0] ?? '')) || parts.every(isNetwork),
      'must be the number of proxies in front (0 to 9), or their addresses and networks, separated by commas',
    )
    .transform((parts) => (/^[0-9]$/.test(parts[0] ?? '') ? Number(parts[0]) : parts))
    .describe(
      'how many reverse proxies are in front, or which: only they are believed about the client address in X-Forwarded-For',
    ),
  CLIENT_TIMEOUT_MS: configTypes
    .integer(15_000, { min: 500, max: 120_000 })
    .describe('how long a client may take to send a request, headers and body'),
  CONNECTIONS_PER_ADDRESS: configTypes
    .integer(1_000, { min: 1, max: 1_000_000 })
    .describe('how many connections one address may have open at once; without effect behind proxies (TRUST_PROXY)'),
  REDIS_URL: configTypes.url().describe('Redis in which all gateways count requests together'),
  RATE_LIMIT_FACTOR: z.coerce
    .number('must be a number')
    .min(0.01)
    .max(100_000)
    .default(1)
    .describe('multiplies every rate limit of the endpoint; src/limits/requestLimits.ts has the numbers'),
  PERSISTED_OPERATIONS: z
    .enum(['only', 'prefer'])
    .optional()
    .describe(
      'only: nothing but the operations of the manifests is answered; default: only in production, else prefer',
    ),
  PERSISTED_OPERATIONS_FILES: z
    .string()
    .optional()
    .transform((text) => text?.split(',').map((path) => path.trim()))
    .describe(
      'manifests of persisted operations, separated by commas; default: schema/persisted-operations.json. Add your frontends’ own',
    ),
  CONSOLE_ENABLED: z
    .enum(['true', 'false', '1', '0'])
    .transform((text) => text === 'true' || text === '1')
    .optional()
    .describe('serves the console at /console; default: everywhere but in production'),
  DEMO_ACCOUNTS: configTypes
    .json(z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })))
    .optional()
    .describe('JSON list of {role, email, password} that the console offers to sign in with; ignored in production'),
};

/** An account of the demo data, whose password is no secret. */
export interface DemoAccount {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

/** What the gateway runs with: the variables above, in the program's own words. */
export interface GatewayConfig {
  readonly production: boolean;
  readonly logLevel: string;
  readonly host: string;
  readonly port: number;
  readonly shutdownTimeoutMs: number;
  readonly identitySecret: string;
  readonly subgraphs: Readonly<Record<SubgraphName, { readonly url: string; readonly timeoutMs: number }>>;
  readonly jwksUrl: string;
  readonly corsOrigins: readonly string[];
  /** A number of hops, or the addresses and networks of proxies. */
  readonly trustProxy: number | string[];
  readonly clientTimeoutMs: number;
  readonly connectionsPerAddress: number;
  readonly redisUrl: string;
  readonly rateLimitFactor: number;
  readonly persistedOperations: PersistedMode;
  readonly persistedManifests: readonly string[];
  readonly consoleEnabled: boolean;
  readonly demoAccounts: readonly DemoAccount[];
}

/**
 * Reads the gateway's configuration.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function loadGatewayConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const values = loadConfig(gatewayConfig, env);
  const production = values.NODE_ENV === 'production';
  const subgraph = (url: string, timeoutMs: number | undefined) => ({
    url,
    timeoutMs: timeoutMs ?? values.SUBGRAPH_TIMEOUT_MS,
  });
  return {
    production,
    logLevel: values.LOG_LEVEL,
    host: values.HOST,
    port: values.PORT,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    identitySecret: values.IDENTITY_SECRET,
    subgraphs: {
      user: subgraph(values.SUBGRAPH_URL_USER, values.SUBGRAPH_TIMEOUT_MS_USER),
      product: subgraph(values.SUBGRAPH_URL_PRODUCT, values.SUBGRAPH_TIMEOUT_MS_PRODUCT),
      cart: subgraph(values.SUBGRAPH_URL_CART, values.SUBGRAPH_TIMEOUT_MS_CART),
      order: subgraph(values.SUBGRAPH_URL_ORDER, values.SUBGRAPH_TIMEOUT_MS_ORDER),
      payment: subgraph(values.SUBGRAPH_URL_PAYMENT, values.SUBGRAPH_TIMEOUT_MS_PAYMENT),
      notification: subgraph(values.SUBGRAPH_URL_NOTIFICATION, values.SUBGRAPH_TIMEOUT_MS_NOTIFICATION),
    },
    jwksUrl: values.JWKS_URL ?? new URL('/.well-known/jwks.json', values.SUBGRAPH_URL_USER).href,
    corsOrigins: values.CORS_ORIGINS,
    trustProxy: values.TRUST_PROXY,
    clientTimeoutMs: values.CLIENT_TIMEOUT_MS,
    connectionsPerAddress: values.CONNECTIONS_PER_ADDRESS,
    redisUrl: values.REDIS_URL,
    rateLimitFactor: values.RATE_LIMIT_FACTOR,
    persistedOperations: values.PERSISTED_OPERATIONS ?? (production ? 'only' : 'prefer'),
    persistedManifests: values.PERSISTED_OPERATIONS_FILES ?? [join(schemaFolder(), 'persisted-operations.json')],
    consoleEnabled: values.CONSOLE_ENABLED ?? !production,
    demoAccounts: production ? [] : (values.DEMO_ACCOUNTS ?? []),
  };
}
