import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';

const shape = {
  ...baseConfig,
  ...identityConfig,
  PORT: configTypes.port(4002).describe('port to listen on'),
  DATABASE_URL_PRODUCT: configTypes
    .url()
    .describe('Postgres of this service: postgresql://user:password@host:5432/souk_product'),
  MONGODB_URL: configTypes.url().describe('MongoDB with the catalogue: mongodb://host:27017/souk_catalog'),
  REDIS_URL: configTypes
    .url()
    .describe('Redis for the event queue and for announcing catalogue changes: redis://host:6379'),
  MEDIA_BASE_URL: configTypes
    .url()
    .describe('public base of product images, to which /media/products/… is added: the URL of the gateway'),
};

export type Config = ReturnType<typeof readConfig>;

/** This process's configuration; the only reader of the environment. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  return loadConfig(shape, env);
}

/** What the rebuild of the search index needs. */
export function readRebuildConfig(env: NodeJS.ProcessEnv = process.env) {
  const { LOG_LEVEL, DATABASE_URL_PRODUCT, MONGODB_URL } = shape;
  return loadConfig({ LOG_LEVEL, DATABASE_URL_PRODUCT, MONGODB_URL }, env);
}
