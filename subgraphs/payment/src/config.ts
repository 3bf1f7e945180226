import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';
import { z } from 'zod';

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

/** The only reader of the environment in this service. */
export const readConfig = (env?: NodeJS.ProcessEnv) =>
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
      PAYMENT_RECONCILE_AFTER_SECONDS: configTypes
        .integer(60, { min: 1, max: 86_400 })
        .describe('when the provider is asked about a payment whose webhook has not come'),
      PAYMENT_RETURN_ORIGINS: originList.describe(
        'origins of the pages that a provider which redirects may send customers back to, separated by commas',
      ),
      PAYMENT_KEEP_DAYS: configTypes
        .integer(90, { min: 2, max: 3_650 })
        .describe('how long processed webhooks and idempotency keys of sessions are kept'),
    },
    env,
  );

export type Config = ReturnType<typeof readConfig>;
