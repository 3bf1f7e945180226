import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';
import { z } from 'zod';
import { privateJwks } from './adapters/accessTokens.jose.js';
import { encryptionKeys } from './adapters/secretBox.aes.js';

/** The user service's configuration, from the environment. @throws ConfigError naming every fault. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  return loadConfig(
    {
      ...baseConfig,
      ...identityConfig,
      PORT: configTypes.port(4001).describe('port of GraphQL, JWKS, health and metrics'),
      DATABASE_URL_USER: configTypes.url().describe('Postgres database of the user service'),
      PUBLIC_URL: configTypes
        .url()
        .default('http://localhost:4000')
        .describe("origin of the shop's endpoint, which links to exports of personal data lead to"),
      REDIS_URL: configTypes.url().describe('Redis that carries events'),
      ACCESS_TOKEN_PRIVATE_JWK: configTypes
        .json(privateJwks)
        .describe(
          'Ed25519 private key that signs access tokens, as JWK: {"kty":"OKP","crv":"Ed25519","x":"…","d":"…"}; a list of them while keys are rotated (docs/runbooks/rotate-keys.md)',
        ),
      ACCESS_TOKEN_SECONDS: configTypes
        .integer(600, { min: 30, max: 3_600 })
        .describe('lifetime of an access token, in seconds; a revoked session ends at the latest then'),
      SECOND_FACTOR_KEYS: configTypes
        .json(encryptionKeys)
        .describe(
          'keys that encrypt the secrets of second factors, 32 bytes in base64url by their ids; the first one encrypts, all decrypt: {"k1":"…"}',
        ),
      SECOND_FACTOR_ISSUER: z
        .string()
        .min(1)
        .max(50)
        .default('Souk')
        .describe('name of the shop, as authenticator apps show it above the codes'),
      REQUIRE_STAFF_SECOND_FACTOR: configTypes
        .boolean(false)
        .describe('whether staff have the rights of a customer only, until they have a second factor'),
      ACCOUNT_CONFIRMATION: z
        .enum(['required', 'later'])
        .optional()
        .describe(
          'required: an account can sign in once its e-mail address is confirmed, and registration does not tell which addresses are taken; default: required in production, else later',
        ),
      BOOTSTRAP_ADMIN_EMAIL: z.string().optional().describe('e-mail address of the first administrator'),
      BOOTSTRAP_ADMIN_PASSWORD: z.string().optional().describe('password of the first administrator, used once'),
    },
    env,
  );
}

export type Config = ReturnType<typeof readConfig>;

/** Whether an account can sign in only after its address was confirmed. */
export const isConfirmationRequired = (config: Config): boolean =>
  (config.ACCOUNT_CONFIRMATION ?? (config.NODE_ENV === 'production' ? 'required' : 'later')) === 'required';
