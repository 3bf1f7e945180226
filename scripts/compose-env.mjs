/**
 * `npm run compose:env`: writes .env for docker-compose.yml with fresh secrets (mode 0600). What is already set there is
 * kept, so it can be run again after an upgrade. Provider keys are left for you to fill in.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const FILE = '.env';
const secret = () => randomBytes(24).toString('hex');
const variables = {
  IDENTITY_SECRET: () => randomBytes(32).toString('hex'),
  ACCESS_TOKEN_PRIVATE_JWK: () =>
    `'${JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))}'`,
  SECOND_FACTOR_KEYS: () => `'${JSON.stringify({ k1: randomBytes(32).toString('base64url') })}'`,
  POSTGRES_PASSWORD: secret,
  POSTGRES_PASSWORD_USER: secret,
  POSTGRES_PASSWORD_PRODUCT: secret,
  POSTGRES_PASSWORD_CART: secret,
  POSTGRES_PASSWORD_ORDER: secret,
  POSTGRES_PASSWORD_PAYMENT: secret,
  POSTGRES_PASSWORD_NOTIFICATION: secret,
  POSTGRES_PASSWORD_AUDIT: secret,
  MONGO_PASSWORD: secret,
  REDIS_PASSWORD: secret,
  BOOTSTRAP_ADMIN_EMAIL: () => 'admin@example.com',
  BOOTSTRAP_ADMIN_PASSWORD: secret,
  PUBLIC_URL: () => 'http://localhost:4000',
  STRIPE_SECRET_KEY: () => '',
  STRIPE_PUBLISHABLE_KEY: () => '',
  STRIPE_WEBHOOK_SECRET: () => '',
  PAYPAL_CLIENT_ID: () => '',
  PAYPAL_CLIENT_SECRET: () => '',
  PAYPAL_WEBHOOK_ID: () => '',
  SENDGRID_API_KEY: () => '',
  MAIL_FROM: () => '',
  SELLER_NAME: () => '',
  SELLER_ADDRESS: () => '',
  SELLER_COUNTRY: () => '',
  SELLER_EMAIL: () => '',
  SELLER_VAT_ID: () => '',
  SELLER_TAX_ID: () => '',
  SELLER_REGISTRATION: () => '',
};

const present = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
const missing = Object.entries(variables).filter(([name]) => !new RegExp(`^${name}=`, 'm').test(present));
const text = missing.map(([name, make]) => `${name}=${make()}`).join('\n');
writeFileSync(FILE, `${present}${present && !present.endsWith('\n') ? '\n' : ''}${text}${text ? '\n' : ''}`, {
  mode: 0o600,
});
const empty = Object.entries(variables).flatMap(([name, make]) => (make() === '' ? [name] : []));
const open = empty.filter((name) => !new RegExp(`^${name}=.+`, 'm').test(readFileSync(FILE, 'utf8')));
console.log(
  `${FILE}: ${missing.length === 0 ? 'complete already' : `added ${missing.map(([name]) => name).join(', ')}`}`,
);
if (open.length > 0) console.log(`Now fill in: ${open.join(', ')}. The password of the first admin is in ${FILE} too.`);
