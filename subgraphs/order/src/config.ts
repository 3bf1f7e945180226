import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';
import { z } from 'zod';

/** The only reader of the environment in this service. */
export const readConfig = (env?: NodeJS.ProcessEnv) =>
  loadConfig(
    {
      ...baseConfig,
      ...identityConfig,
      PORT: configTypes.port(4004).describe('port of the order service'),
      DATABASE_URL_ORDER: configTypes.url().describe('Postgres of the order service: postgres://user:password@host/db'),
      REDIS_URL: configTypes.url().describe('Redis that carries events: redis://host:6379'),
      SUBGRAPH_URL_CART: configTypes.url().describe("the cart service's GraphQL URL"),
      SUBGRAPH_URL_USER: configTypes.url().describe("the user service's GraphQL URL"),
      SUBGRAPH_URL_PRODUCT: configTypes.url().describe("the product service's GraphQL URL"),
      ORDER_PAYMENT_WINDOW_SECONDS: configTypes
        .integer(1_800, { min: 1, max: 30 * 86_400 })
        .describe('how long an unpaid order holds its stock'),
      ORDER_DRAFT_PAYMENT_WINDOW_SECONDS: configTypes
        .integer(7 * 86_400, { min: 1, max: 90 * 86_400 })
        .describe('how long an order that staff have made of a draft waits for its payment'),
      ORDER_NUMBER_STYLE: z
        .enum(['random', 'sequential'])
        .default('random')
        .describe('random: 261122-K7Q2M9XD, tells nothing; sequential: without gaps, for book-keeping that wants that'),
      ORDER_NUMBER_PREFIX: z
        .string()
        .regex(/^[0-9A-Z-]{0,12}$/, 'has up to 12 of A to Z, 0 to 9 and -')
        .default('')
        .describe('what sequential order numbers begin with: S- gives S-10001'),
      ORDER_NUMBER_FIRST: configTypes
        .integer(10_001, { min: 1, max: 1_000_000_000 })
        .describe('the first sequential order number; raising it later skips numbers'),
      ORDER_EDIT_PAYMENT_WINDOW_SECONDS: configTypes
        .integer(3 * 86_400, { min: 1, max: 30 * 86_400 })
        .describe('how long a change that makes a paid order dearer waits for the payment of its difference'),
      ORDER_RETURN_WINDOW_DAYS: configTypes
        .integer(30, { min: 0, max: 3_650 })
        .describe('how long after its delivery an order may be returned; then it is completed'),
      ORDER_EXCHANGE_HOLD_DAYS: configTypes
        .integer(14, { min: 1, max: 365 })
        .describe('how long an article is kept in stock for goods that are to come back in exchange'),
      CARRIER_WEBHOOK_SECRETS: configTypes
        .json(
          z.record(z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'carriers are named like dhl'), configTypes.secret(16)),
        )
        .default({})
        .describe(
          'secrets that carriers sign their webhooks with, as JSON: {"dhl":"…"}; a carrier without one is refused',
        ),
    },
    env,
  );

export type Config = ReturnType<typeof readConfig>;
