import { isCurrencyCode } from '@souk/money';
import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';
import { z } from 'zod';

/** The cart service's configuration, from the environment. @throws ConfigError naming every fault. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  return loadConfig(
    {
      ...baseConfig,
      ...identityConfig,
      PORT: configTypes.port(4003).describe('port of GraphQL, health and metrics'),
      DATABASE_URL_CART: configTypes.url().describe('Postgres database of the cart service'),
      REDIS_URL: configTypes.url().describe('Redis that carries events'),
      SUBGRAPH_URL_PRODUCT: configTypes
        .url()
        .describe('GraphQL endpoint of the product service, asked for prices and stock'),
      SUBGRAPH_URL_USER: configTypes
        .url()
        .describe('GraphQL endpoint of the user service, which collects exports of personal data'),
      DEFAULT_CURRENCY: z
        .string()
        .refine(isCurrencyCode, 'must be a code of ISO 4217')
        .default('EUR')
        .describe('currency of an empty cart that names none'),
    },
    env,
  );
}

export type Config = ReturnType<typeof readConfig>;
