import type { FastifyInstance } from 'fastify';
import type { App } from '../app/index.js';

const SIGNATURE_HEADERS: Readonly<Record<string, string>> = { stripe: 'stripe-signature' };

/**
 * `POST /webhooks/<provider>`: 200 once the message is stored (or was before), 400 for what is not signed by the provider, and an error
 * that makes the provider send it again when it cannot be stored.
 */
export const webhookRoutes =
  (app: Pick<App, 'receiveWebhook'>) =>
  (server: FastifyInstance): void => {
    server.post<{ Params: { provider: string } }>('/webhooks/:provider', async (request, reply) => {
      const { provider } = request.params;
      const header = request.headers[SIGNATURE_HEADERS[provider] ?? ''];
      const signature = typeof header === 'string' ? header : undefined;
      const rawBody = request.rawBody ?? Buffer.alloc(0);
      const result = await app.receiveWebhook(provider, rawBody, signature);
      if (result === 'NO_SUCH_PROVIDER') return reply.code(404).send({ received: false });
      if (result === 'REFUSED') return reply.code(400).send({ received: false });
      return reply.code(200).send({ received: true });
    });
  };
