import { baseConfig, configTypes, identityConfig, loadConfig } from '@souk/runtime';
import { z } from 'zod';
import { parseMailAddress } from './domain/mailAddress.js';

const stores = {
  DATABASE_URL_NOTIFICATION: configTypes
    .url()
    .describe('Postgres of the notification service: postgres://user:password@host/db'),
  REDIS_URL: configTypes.url().describe('Redis that carries events: redis://host:6379'),
};

/** What the subgraph needs: it shows notifications and requeues them, and sends none. */
export const readConfig = (env?: NodeJS.ProcessEnv) =>
  loadConfig(
    {
      ...baseConfig,
      ...identityConfig,
      ...stores,
      PORT: configTypes.port(4006).describe('port of the notification service'),
    },
    env,
  );

/** What the worker needs. */
export const readWorkerConfig = (env?: NodeJS.ProcessEnv) =>
  loadConfig(
    {
      ...baseConfig,
      ...identityConfig,
      ...stores,
      PORT: configTypes.port(4007).describe('port of the worker’s health checks and metrics'),
      SUBGRAPH_URL_ORDER: configTypes.url().describe("the order service's GraphQL URL"),
      SUBGRAPH_URL_USER: configTypes.url().describe("the user service's GraphQL URL"),
      SENDGRID_API_KEY: configTypes.secret(8).describe('API key of SendGrid, with the right to send mail'),
      SENDGRID_API_BASE_URL: configTypes.url().optional().describe('a stand-in for SendGrid; unset for the real one'),
      TWILIO_ACCOUNT_SID: z.string().startsWith('AC', 'must start with AC').describe('account SID of Twilio'),
      TWILIO_AUTH_TOKEN: configTypes.secret(8).describe('auth token of Twilio'),
      TWILIO_API_BASE_URL: configTypes.url().optional().describe('a stand-in for Twilio; unset for the real one'),
      TWILIO_FROM: z.string().min(3).describe('sender of text messages: a number of yours, in international form'),
      MAIL_FROM: z
        .string()
        .transform((text, context) => {
          const address = parseMailAddress(text);
          if (address !== undefined) return address;
          context.addIssue({
            code: 'custom',
            message: 'must be an address, or a name with an address in angle brackets',
          });
          return z.NEVER;
        })
        .describe('sender of mails: Souk <shop@example.com>; the name is the name of the shop'),
      STOREFRONT_URL: configTypes
        .url()
        .transform((url) => url.replace(/\/$/, ''))
        .optional()
        .describe('where customers see their orders; mails have links only when it is set'),
      CONSUMER_CONCURRENCY: configTypes.integer(24, { min: 1, max: 100 }).describe('events that are handled at a time'),
    },
    env,
  );

export type Config = ReturnType<typeof readConfig>;
export type WorkerConfig = ReturnType<typeof readWorkerConfig>;
