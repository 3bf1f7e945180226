import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { App } from '../app/index.js';

/**
 * `POST /webhooks/<provider>`: 200 once the message is stored (or was before), 400 for what is not signed by the provider, and an error
 * that makes the provider send it again when it cannot be stored.
 */
export const webhookRoutes =
  (app: Pick<App, 'receiveWebhook'>) =>
  (server: FastifyInstance): void => {
    server.post<{ Params: { provider: string } }>('/webhooks/:provider', async (request, reply) => {
      const { provider } = request.params;
      const rawBody = request.rawBody ?? Buffer.alloc(0);
      const result = await app.receiveWebhook(provider, { rawBody, headers: singleHeaders(request.headers) });
      if (result === 'NO_SUCH_PROVIDER') return reply.code(404).send({ received: false });
      if (result === 'REFUSED') return reply.code(400).send({ received: false });
      return reply.code(200).send({ received: true });
    });
  };

const singleHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === 'string'),
  );
