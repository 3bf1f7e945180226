import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';
import { z } from 'zod';
import { privateJwk } from './adapters/accessTokens.jose.js';

/** The user service's configuration, from the environment. @throws ConfigError naming every fault. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  return loadConfig(
    {
      ...baseConfig,
      ...identityConfig,
      PORT: configTypes.port(4001).describe('port of GraphQL, JWKS, health and metrics'),
      DATABASE_URL_USER: configTypes.url().describe('Postgres database of the user service'),
      REDIS_URL: configTypes.url().describe('Redis that carries events'),
      ACCESS_TOKEN_PRIVATE_JWK: configTypes
        .json(privateJwk)
        .describe(
          'Ed25519 private key that signs access tokens, as JWK: {"kty":"OKP","crv":"Ed25519","x":"…","d":"…"}',
        ),
      ACCESS_TOKEN_SECONDS: configTypes
        .integer(600, { min: 30, max: 3_600 })
        .describe('lifetime of an access token, in seconds; a revoked session ends at the latest then'),
      BOOTSTRAP_ADMIN_EMAIL: z.string().optional().describe('e-mail address of the first administrator'),
      BOOTSTRAP_ADMIN_PASSWORD: z.string().optional().describe('password of the first administrator, used once'),
    },
    env,
  );
}

export type Config = ReturnType<typeof readConfig>;
