import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';

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
      SUBGRAPH_URL_PRODUCT: configTypes.url().describe("the product service's GraphQL URL"),
      ORDER_PAYMENT_WINDOW_SECONDS: configTypes
        .integer(1_800, { min: 1, max: 30 * 86_400 })
        .describe('how long an unpaid order holds its stock'),
      ORDER_RETURN_WINDOW_DAYS: configTypes
        .integer(30, { min: 0, max: 3_650 })
        .describe('how long after its delivery an order may be returned; then it is completed'),
    },
    env,
  );

export type Config = ReturnType<typeof readConfig>;
