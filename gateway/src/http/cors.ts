import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Lets browser applications of the configured origins call the endpoint, with tokens in headers. In development
 * applications on this machine may too, whatever their port. Every other origin gets no CORS header at all.
 */
export async function addCors(
  app: FastifyInstance,
  o: { origins: readonly string[]; production: boolean },
): Promise<void> {
  await app.register(cors, {
    origin: [...o.origins, ...(o.production ? [] : [LOCAL_ORIGIN])],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'x-request-id',
    ],
    exposedHeaders: ['x-request-id'],
    maxAge: 86_400,
    strictPreflight: false,
  });
}
