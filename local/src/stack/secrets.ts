import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DATABASE_SERVICES } from '../stores/databases.js';
import { StartupError } from '../stores/startupError.js';

const text = z.string().min(8);

const secretsShape = z.object({
  identitySecret: text,
  accessTokenPrivateJwk: text,
  secondFactorKey: text,
  adminPassword: text,
  postgres: text,
  redis: text,
  databases: z.record(z.enum(DATABASE_SERVICES), text),
  stripeSecretKey: text,
  stripePublishableKey: text,
  stripeWebhookSecret: text,
  paypalClientId: text,
  paypalClientSecret: text,
  paypalWebhookId: text,
  carrierWebhookSecret: text,
  sendgridApiKey: text,
  twilioAccountSid: text,
  twilioAuthToken: text,
});

/** What this machine's shop keeps secret; made once per data directory. */
export type Secrets = z.output<typeof secretsShape>;

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

function newSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    identitySecret: hex(32),
    accessTokenPrivateJwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
    secondFactorKey: randomBytes(32).toString('base64url'),
    adminPassword: randomBytes(12).toString('base64url'),
    postgres: hex(16),
    redis: hex(16),
    databases: Object.fromEntries(DATABASE_SERVICES.map((service) => [service, hex(16)])) as Secrets['databases'],
    // In the providers' own formats, so that their SDKs and our configuration accept them; worth something only here.
    stripeSecretKey: `sk_test_${hex(24)}`,
    stripePublishableKey: `pk_test_${hex(24)}`,
    stripeWebhookSecret: `whsec_${hex(24)}`,
    paypalClientId: `A${hex(30)}`,
    paypalClientSecret: `E${hex(30)}`,
    paypalWebhookId: hex(8).toUpperCase(),
    carrierWebhookSecret: hex(24),
    sendgridApiKey: `SG.${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`,
    twilioAccountSid: `AC${hex(16)}`,
    twilioAuthToken: hex(16),
  };
}

/**
 * The secrets of a data directory (`secrets.json`, readable by its owner only), made at the first start. Secrets that a
 * newer version needs are added, none is ever changed: Postgres was initialised with them.
 */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  const stored = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const merged = secretsShape.safeParse({ ...newSecrets(), ...parse(stored, path) });
  if (!merged.success) throw damaged(path);
  const content = `${JSON.stringify(merged.data, null, 2)}\n`;
  if (content !== stored) {
    await writeFile(`${path}.new`, content, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
  return merged.data;
}

function parse(stored: string, path: string): object {
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Reported below, together with JSON that is no object.
  }
  throw damaged(path);
}

const damaged = (path: string): StartupError =>
  new StartupError(
    'DAMAGED_DATA',
    `${path} is damaged, and without the passwords in it the databases beside it cannot be opened. ` +
      'Restore it, or delete the whole folder to begin with an empty shop.',
  );
