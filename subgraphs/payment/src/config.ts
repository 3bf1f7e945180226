import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';
import { z } from 'zod';
import { providerVariables } from './providerVariables.js';

const originList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  )
  .refine(
    (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins such as https://shop.example, separated by commas',
  );

/** Who sells. Production needs all of it; elsewhere it is a shop that does not exist. */
const seller = (production: boolean) => {
  const text = (demo: string) => {
    const given = z.string().min(1).max(200);
    return production ? given : given.default(demo);
  };
  const number = (demo: string) => text(demo).transform((value) => (value === 'none' ? null : value));
  return {
    SELLER_NAME: text('Souk Demo Shop GmbH').describe('name of the legal entity that sells, for invoices'),
    SELLER_ADDRESS: text('Lindenstraße 12, 10969 Berlin')
      .transform((value) => value.split(',').map((line) => line.trim()))
      .describe('its street and city, separated by commas'),
    SELLER_COUNTRY: text('DE')
      .refine((code) => /^[A-Z]{2}$/.test(code), 'must be an ISO 3166 code: DE')
      .describe('its country: DE'),
    SELLER_EMAIL: text('orders@souk.example').describe('where customers write to about invoices'),
    SELLER_VAT_ID: number('DE123456789').describe('its VAT id, or none'),
    SELLER_TAX_ID: number('37/123/45678').describe('its tax number, or none'),
    SELLER_REGISTRATION: number('Amtsgericht Berlin-Charlottenburg HRB 123456 B').describe(
      'its entry in the register of companies, or none',
    ),
  };
};

/** The only reader of the environment in this service. */
export const readConfig = (env: NodeJS.ProcessEnv = process.env) =>
  loadConfig(
    {
      ...baseConfig,
      ...identityConfig,
      PORT: configTypes.port(4005).describe('port of the payment service'),
      DATABASE_URL_PAYMENT: configTypes
        .url()
        .describe('Postgres of the payment service: postgres://user:password@host/db'),
      REDIS_URL: configTypes.url().describe('Redis that carries events: redis://host:6379'),
      SUBGRAPH_URL_ORDER: configTypes.url().describe("the order service's GraphQL URL"),
      SUBGRAPH_URL_USER: configTypes
        .url()
        .describe("the user service's GraphQL URL, which collects exports of personal data"),
      STRIPE_SECRET_KEY: configTypes.secret(8).describe('secret key of the Stripe account: sk_…'),
      STRIPE_PUBLISHABLE_KEY: configTypes.secret(8).describe('publishable key of the Stripe account: pk_…'),
      STRIPE_WEBHOOK_SECRET: configTypes.secret(8).describe("signing secret of Stripe's webhook endpoint: whsec_…"),
      STRIPE_CAPTURE_METHOD: z
        .enum(['automatic', 'manual'])
        .default('automatic')
        .describe('automatic: paying takes the money; manual: it is authorized, and staff capture it'),
      STRIPE_API_BASE_URL: configTypes
        .url()
        .optional()
        .describe('origin of a stand-in for Stripe; not set: Stripe itself'),
      ...providerVariables(env),
      PAYMENT_RECONCILE_AFTER_SECONDS: configTypes
        .integer(60, { min: 1, max: 86_400 })
        .describe('when the provider is asked about a payment whose webhook has not come'),
      PAYMENT_RECONCILIATION_EVERY_SECONDS: configTypes
        .integer(900, { min: 5, max: 86_400 })
        .describe("how often each provider's list of transactions is compared with payments and ledger"),
      PAYMENT_RECONCILIATION_GRACE_SECONDS: configTypes
        .integer(14_400, { min: 0, max: 604_800 })
        .describe(
          "how far a provider's list may be behind before something is missing on it; PayPal's is three hours late",
        ),
      PAYMENT_RETURN_ORIGINS: originList.describe(
        'origins of the pages that a provider which redirects may send customers back to, separated by commas',
      ),
      PUBLIC_URL: configTypes
        .url()
        .default('http://localhost:4000')
        .describe("origin of the shop's endpoint, which links to invoices lead to"),
      ...seller(env.NODE_ENV === 'production'),
      INVOICE_NUMBER_PREFIX: z
        .string()
        .regex(/^[A-Z][A-Z0-9]{0,11}$/, 'must be 1 to 12 capital letters and digits, a letter first')
        .default('SOUK')
        .describe(
          'what the numbers of invoices, receipts and credit notes begin with; one of its own for each legal entity',
        ),
      PAYMENT_KEEP_DAYS: configTypes
        .integer(90, { min: 2, max: 3_650 })
        .describe('how long processed webhooks and idempotency keys of sessions are kept'),
    },
    env,
  );

export type Config = ReturnType<typeof readConfig>;
