import { errorBody, type Logger, type WorkContext } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import { pickHeaders, type Upstream } from './upstream.js';

const MAX_WEBHOOK_BYTES = 262_144;
const MAX_ANSWER_BYTES = 4_096;
/** Providers sign the body, so a signature header is all that says who sent it. */
const FORWARDED = [
  'content-type',
  'stripe-signature',
  'paypal-transmission-id',
  'paypal-transmission-time',
  'paypal-transmission-sig',
  'paypal-cert-url',
  'paypal-auth-algo',
  'user-agent',
];

/**
 * `POST /webhooks/<provider>`: hands the body, byte for byte, to the payment service, which checks the signature.
 * When that service is away the provider gets 503, and sends the same event again later.
 */
export function addWebhookRoute(app: FastifyInstance, payment: Upstream, logger: Logger): void {
  app.post<{ Params: { provider: string } }>(
    '/webhooks/:provider',
    { bodyLimit: MAX_WEBHOOK_BYTES },
    async (request, reply) => {
      const { provider } = request.params;
      if (!/^[a-z]{2,32}$/.test(provider)) {
        return reply.code(404).send(errorBody('NOT_FOUND', 'There is nothing at this address.', request));
      }
      const work = request.work as WorkContext;
      try {
        const answer = await payment.pool.request({
          path: `/webhooks/${provider}`,
          method: 'POST',
          headers: {
            ...pickHeaders(request.headers, FORWARDED),
            'x-request-id': work.requestId,
            traceparent: work.traceparent,
          },
          body: request.rawBody ?? Buffer.alloc(0),
        });
        const text = await answer.body.text();
        return reply
          .code(answer.statusCode >= 500 ? 503 : answer.statusCode)
          .type('application/json')
          .send(answer.statusCode >= 500 || text.length > MAX_ANSWER_BYTES ? '{}' : text);
      } catch (error) {
        logger.warn({ err: error, provider }, 'webhook not delivered');
        return reply
          .code(503)
          .header('retry-after', '5')
          .send(errorBody('DEPENDENCY_UNAVAILABLE', 'Webhooks cannot be taken right now.', request));
      }
    },
  );
}
