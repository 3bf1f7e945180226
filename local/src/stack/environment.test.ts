import { expect, test } from '@jest/globals';
import { DATABASE_SERVICES } from '../stores/databases.js';
import { processEnvironment, requireStoresInProduction, stackVariables } from './environment.js';
import { PORTS, PROCESSES } from './names.js';
import type { Secrets } from './secrets.js';

const ports = Object.fromEntries(PROCESSES.map((name) => [name, PORTS[name].port])) as Parameters<
  typeof stackVariables
>[0];
const perService = (prefix: string) =>
  Object.fromEntries(DATABASE_SERVICES.map((service) => [service, `${prefix}${service}`])) as Secrets['databases'];
const stores = { databases: perService('postgresql://'), mongodb: 'mongodb://m', redis: 'redis://r' };
const secrets: Secrets = {
  identitySecret: 'ab'.repeat(32),
  accessTokenPrivateJwk: '{"kty":"OKP"}',
  secondFactorKey: 'second-factor-key',
  adminPassword: 'admin-password',
  postgres: 'postgres-password',
  redis: 'redis-password',
  databases: perService('password-'),
  stripeSecretKey: 'sk_test_generated',
  stripePublishableKey: 'pk_test_generated',
  stripeWebhookSecret: 'whsec_generated',
  paypalClientId: 'paypal-client',
  paypalClientSecret: 'paypal-secret',
  paypalWebhookId: 'paypal-webhook',
  carrierWebhookSecret: 'carrier-secret',
  sendgridApiKey: 'SG.generated',
  twilioAccountSid: 'ACgenerated',
  twilioAuthToken: 'twilio-token',
};

const environmentOf = (name: Parameters<typeof processEnvironment>[0], given: NodeJS.ProcessEnv = {}) =>
  processEnvironment(name, stackVariables(ports, stores, secrets, given), ports, '/data', given);

test('each service is given its own database and no other', () => {
  for (const service of DATABASE_SERVICES) {
    const environment = environmentOf(service, { DATABASE_URL_ORDER: 'postgresql://elsewhere' });
    const names = Object.keys(environment).filter((name) => name.startsWith('DATABASE_URL_'));
    expect(names).toEqual([`DATABASE_URL_${service.toUpperCase()}`]);
  }
  expect(environmentOf('worker').DATABASE_URL_NOTIFICATION).toBe('postgresql://notification');
  expect(Object.keys(environmentOf('gateway')).filter((name) => name.startsWith('DATABASE_URL_'))).toEqual([]);
});

test('keys reach only who uses them', () => {
  const holders = (variable: string) =>
    PROCESSES.filter((name) => name !== 'postgres' && name !== 'redis').filter(
      (name) => environmentOf(name as Parameters<typeof processEnvironment>[0])[variable] !== undefined,
    );
  expect(holders('ACCESS_TOKEN_PRIVATE_JWK')).toEqual(['user']);
  expect(holders('BOOTSTRAP_ADMIN_PASSWORD')).toEqual(['user']);
  expect(holders('SECOND_FACTOR_KEYS')).toEqual(['user']);
  expect(holders('STRIPE_SECRET_KEY')).toEqual(['standIns', 'payment']);
  expect(holders('PAYPAL_CLIENT_SECRET')).toEqual(['standIns', 'payment']);
  expect(holders('CARRIER_WEBHOOK_SECRETS')).toEqual(['order']);
  expect(holders('SENDGRID_API_KEY')).toEqual(['standIns', 'notification', 'worker']);
  expect(holders('MONGODB_URL')).toEqual(['product']);
});

test('a variable that is set wins', () => {
  const given = { LOG_LEVEL: 'warn', PUBLIC_URL: 'https://shop.example', ORDER_PAYMENT_WINDOW_SECONDS: '5' };
  const environment = environmentOf('order', given);
  expect(environment).toMatchObject(given);
  expect(environment.MEDIA_BASE_URL).toBe('https://shop.example');
});

test('without keys the providers are the stand-ins; a real key means the real provider', () => {
  expect(environmentOf('payment')).toMatchObject({
    STRIPE_SECRET_KEY: 'sk_test_generated',
    STRIPE_API_BASE_URL: 'http://127.0.0.1:4010',
    PAYPAL_CLIENT_ID: 'paypal-client',
    PAYPAL_API_BASE_URL: 'http://127.0.0.1:4010/paypal',
  });
  const real = environmentOf('payment', { STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' });
  expect(real).toMatchObject({ STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' });
  expect(real.STRIPE_API_BASE_URL).toBeUndefined();
});

test('what stands in for production refuses it, whatever the services run as', () => {
  expect(environmentOf('order', { NODE_ENV: 'production' }).NODE_ENV).toBe('production');
  expect(environmentOf('documentStore', { NODE_ENV: 'production' }).NODE_ENV).toBe('development');
});

test('in production every store must be named, and all that are not are listed', () => {
  const databases = Object.fromEntries(
    DATABASE_SERVICES.map((service) => [`DATABASE_URL_${service.toUpperCase()}`, 'postgresql://x']),
  );
  expect(() => requireStoresInProduction({ NODE_ENV: 'production', ...databases })).toThrow(/MONGODB_URL, REDIS_URL/);
  requireStoresInProduction({ NODE_ENV: 'production', ...databases, MONGODB_URL: 'm', REDIS_URL: 'r' });
  requireStoresInProduction({ NODE_ENV: 'development' });
});
