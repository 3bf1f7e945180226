import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { SESSION_HEADER } from '../auth/sessionCookies.js';

const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

interface AllowedOrigins {
  readonly origins: readonly string[];
  readonly production: boolean;
}

/** Whether a browser application of this origin may call: one of the configured ones; in development also any on this machine. */
export const originCheck =
  ({ origins, production }: AllowedOrigins) =>
  (origin: string): boolean =>
    origins.includes(origin) || (!production && LOCAL_ORIGIN.test(origin));

/**
 * Lets browser applications of the allowed origins call the endpoint, with tokens in headers or cookies. No other
 * origin is named in an answer.
 */
export async function addCors(app: FastifyInstance, o: AllowedOrigins): Promise<void> {
  await app.register(cors, {
    origin: [...o.origins, ...(o.production ? [] : [LOCAL_ORIGIN])],
    credentials: true,
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'x-request-id',
      SESSION_HEADER,
    ],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: 86_400,
    strictPreflight: false,
  });
}
