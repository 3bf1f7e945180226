import type { FastifyInstance } from 'fastify';
import type { App } from '../app/index.js';

/**
 * `POST /webhooks/carrier/<name>`: 200 once the message is stored (or was before), 400 for what is not signed by this carrier or not
 * to be understood, 404 for a carrier without a secret in the configuration, and an error that makes the carrier send it again
 * when it cannot be stored.
 */
export const carrierRoutes =
  (app: Pick<App, 'receiveCarrierMessage'>) =>
  (server: FastifyInstance): void => {
    server.post<{ Params: { name: string } }>('/webhooks/carrier/:name', async (request, reply) => {
      const header = request.headers['x-carrier-signature'];
      const signature = typeof header === 'string' ? header : undefined;
      const rawBody = request.rawBody ?? Buffer.alloc(0);
      const result = await app.receiveCarrierMessage(request.params.name, rawBody, signature);
      if (result === 'NO_SUCH_CARRIER') return reply.code(404).send({ received: false });
      if (result !== 'RECEIVED') return reply.code(400).send({ received: false });
      return reply.code(200).send({ received: true });
    });
  };
