import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, schemaFolder } from '@souk/runtime';
import { createTestRedis } from '@souk/testkit';
import { calculateJwkThumbprint, type JWK, SignJWT } from 'jose';
import { createGateway, type Gateway } from '../../gateway/src/composition.js';
import { type GatewayConfig, loadGatewayConfig } from '../../gateway/src/config.js';
import { createShopper } from '../../local/src/shopper.js';
import { type Shop, uniqueEmail } from '../e2e/shop.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly milliseconds: number;
  readonly json: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
  };
}

/** Sends a body as it is, or as JSON, and reads whatever comes back. */
export async function post(
  endpoint: string,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const from = performance.now();
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const milliseconds = performance.now() - from;
  let json: Answer['json'] = {};
  try {
    json = JSON.parse(text) as Answer['json'];
  } catch {
    // No JSON: the test looks at the text.
  }
  return { status: response.status, headers: response.headers, text, milliseconds, json };
}

/** The codes of an answer's errors and `userErrors`. */
export function codesOf({ json }: Pick<Answer, 'json'>): string[] {
  const refusals = Object.values(json.data ?? {}).flatMap(
    (field) => (field as { userErrors?: { code: string }[] } | null)?.userErrors ?? [],
  );
  return [
    ...(json.errors ?? []).map(({ extensions }) => String(extensions?.code)),
    ...refusals.map(({ code }) => code),
  ];
}

/** The key with which the shop signs access tokens, as an insider who writes tests has it. */
export async function signingKey(shop: Shop): Promise<{ key: KeyObject; publicJwk: JWK; kid: string }> {
  const stored = JSON.parse(shop.env.ACCESS_TOKEN_PRIVATE_JWK as string) as JWK | JWK[];
  const jwk = Array.isArray(stored) ? (stored[0] as JWK) : stored;
  const { kty, crv, x } = jwk;
  const publicJwk = { kty, crv, x } as JWK;
  return {
    key: createPrivateKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' }),
    publicJwk,
    kid: await calculateJwkThumbprint(publicJwk),
  };
}

export const publicPem = (jwk: JWK): string =>
  createPublicKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();

/** Every scope that the SDL asks of a person. */
export const ALL_SCOPES: readonly string[] = [
  ...new Set(
    readdirSync(join(schemaFolder(), 'subgraphs')).flatMap((file) =>
      [...readFileSync(join(schemaFolder(), 'subgraphs', file), 'utf8').matchAll(/"([a-z]+:[a-z_]+)"/g)].map(
        ([, scope]) => scope as string,
      ),
    ),
  ),
];

/** An access token that the shop itself could have issued. */
export async function signToken(shop: Shop, userId: string, scopes: readonly string[] = []): Promise<string> {
  const { key, kid } = await signingKey(shop);
  return new SignJWT({ sid: `ses_${randomUUID().replaceAll('-', '')}`, roles: ['CUSTOMER'], scopes: [...scopes] })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
    .setIssuer('souk')
    .setAudience('souk')
    .setSubject(userId)
    .setIssuedAt(Date.now() / 1_000)
    .setExpirationTime('10m')
    .sign(key);
}

export const PASSWORD = 'correct horse battery staple';

/** A new customer of the shop. */
export async function registered(shop: Shop, name = 'victim') {
  const email = uniqueEmail(name);
  const shopper = createShopper(shop.urls.graphql as string);
  const sent = await shopper.send<{ accountRegister: { user: { id: string } } }>('AccountRegister', {
    input: { email, password: PASSWORD },
  });
  await shopper.close();
  return { id: sent.data.accountRegister.user.id, email };
}

export interface Edge {
  readonly url: string;
  readonly graphql: string;
  readonly gateway: Gateway;
  close(): Promise<void>;
}

/**
 * Another gateway in front of the same shop, with settings of its own and its own counters: with the limits of a shop on the
 * internet, one proxy in front (`X-Forwarded-For` is the client), and in production when asked for.
 */
export async function startEdge(shop: Shop, changes: Partial<GatewayConfig> = {}): Promise<Edge> {
  const redis = await createTestRedis();
  const config: GatewayConfig = {
    ...loadGatewayConfig({ ...shop.env, PORT: '0', LOG_LEVEL: 'silent', RATE_LIMIT_FACTOR: '1', TRUST_PROXY: '1' }),
    redisUrl: redis.url,
    ...changes,
  };
  const supergraph = readFileSync(join(schemaFolder(), 'supergraph.graphql'), 'utf8');
  const gateway = await createGateway(config, createLogger('gateway', 'silent'), supergraph);
  const url = await gateway.listen('127.0.0.1', 0);
  return {
    url,
    graphql: `${url}/graphql`,
    gateway,
    async close() {
      await gateway.close();
      await redis.close();
    },
  };
}

let addresses = 0;
/** A client address that nobody has used before. */
export const newAddress = (): string => {
  addresses += 1;
  return `203.0.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
};

const INSIDE =
  /node_modules|\b\w+\.[cm]?[jt]s:\d|\bat (async )?[\w.<>]+ \(|ECONN|ENOTFOUND|EPIPE|UND_ERR|prisma|mongo|bullmq|undici|fastify|\bpg_|SQLSTATE|relation "|column "|operator does not exist|invalid input syntax|invalid byte|duplicate key|violates|stacktrace|\/work\/|\/app\/|\/home\/|TypeError|RangeError|ReferenceError|Cannot read prop|serviceName|supergraph/i;

/** What in an answer tells about the inside: hosts, ports, paths, SQL, stacks, secrets. Undefined when nothing does. */
export function leakIn(shop: Shop, text: string): string | undefined {
  const found = INSIDE.exec(text)?.[0];
  if (found) return found;
  for (const [name, url] of Object.entries(shop.urls)) {
    const host = URL.canParse(url) ? new URL(url).host : '';
    if (!['gateway', 'graphql', 'standIns'].includes(name) && host && text.includes(host)) return host;
  }
  for (const [name, value] of Object.entries(shop.env)) {
    if (/SECRET|PASSWORD|TOKEN_PRIVATE|API_KEY|DATABASE_URL|MONGODB_URL|REDIS_URL/.test(name) && text.includes(value))
      return name;
  }
  return undefined;
}
