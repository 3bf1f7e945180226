import { ConfigError } from '@souk/runtime';
import { readConfig } from './config.js';

const env = {
  IDENTITY_SECRET: 'a1'.repeat(32),
  DATABASE_URL_PAYMENT: 'postgres://souk_payment:secret@10.0.0.9/souk_payment',
  REDIS_URL: 'redis://10.0.0.9:6379',
  SUBGRAPH_URL_ORDER: 'http://10.0.0.4:4004/graphql',
  SUBGRAPH_URL_USER: 'http://10.0.0.4:4001/graphql',
  STRIPE_SECRET_KEY: 'sk_test_config',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_config',
  STRIPE_WEBHOOK_SECRET: 'whsec_config',
};
const SELLER = {
  SELLER_NAME: 'Miller & Sons Ltd',
  SELLER_ADDRESS: '1 Main Street, Dublin 2',
  SELLER_COUNTRY: 'IE',
  SELLER_EMAIL: 'orders@miller.example',
  SELLER_VAT_ID: 'none',
  SELLER_TAX_ID: '1234567T',
  SELLER_REGISTRATION: 'CRO 123456',
};

function faultsOf(given: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(given);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('production names everything about the seller that is missing, at once; elsewhere a shop that does not exist sells', () => {
  const faults = faultsOf({ ...env, NODE_ENV: 'production' });
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual(Object.keys(SELLER));
  expect(faultsOf({ ...env, ...SELLER, NODE_ENV: 'production' })).toEqual([]);
  expect(readConfig(env)).toMatchObject({ SELLER_NAME: 'Souk Demo Shop GmbH', INVOICE_NUMBER_PREFIX: 'SOUK' });
});

test('an address has lines, and a number that a seller does not have is none', () => {
  expect(readConfig({ ...env, ...SELLER })).toMatchObject({
    SELLER_ADDRESS: ['1 Main Street', 'Dublin 2'],
    SELLER_VAT_ID: null,
    SELLER_TAX_ID: '1234567T',
  });
});

test('numbers begin with capital letters and digits only', () => {
  expect(faultsOf({ ...env, INVOICE_NUMBER_PREFIX: 'ACME2' })).toEqual([]);
  for (const prefix of ['acme', '2ACME', 'A-B', 'ABCDEFGHIJKLM']) {
    expect(faultsOf({ ...env, INVOICE_NUMBER_PREFIX: prefix })).toHaveLength(1);
  }
});
