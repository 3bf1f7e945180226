import { errorBody, type Logger, type WorkContext } from '@souk/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pickHeaders, type Upstream } from './upstream.js';

const MAX_WEBHOOK_BYTES = 262_144;
const MAX_ANSWER_BYTES = 4_096;
/** Senders sign the body, so a signature header is all that says who sent it. */
const FORWARDED = [
  'content-type',
  'stripe-signature',
  'paypal-transmission-id',
  'paypal-transmission-time',
  'paypal-transmission-sig',
  'paypal-cert-url',
  'paypal-auth-algo',
  'x-carrier-signature',
  'user-agent',
];

/**
 * `POST /webhooks/<provider>`: hands the body, byte for byte, to the payment service, which checks the signature, and
 * `POST /webhooks/carrier/<name>` to the order service. When that service is away the sender gets 503, and sends the same
 * event again later.
 */
export function addWebhookRoute(
  app: FastifyInstance,
  services: { readonly payment: Upstream; readonly order: Upstream },
  logger: Logger,
): void {
  const options = { bodyLimit: MAX_WEBHOOK_BYTES };
  app.post<{ Params: { provider: string } }>('/webhooks/:provider', options, (request, reply) => {
    const { provider } = request.params;
    return /^[a-z]{2,32}$/.test(provider)
      ? forward(services.payment, `/webhooks/${provider}`, request, reply, logger)
      : nothingHere(request, reply);
  });
  app.post<{ Params: { name: string } }>('/webhooks/carrier/:name', options, (request, reply) => {
    const { name } = request.params;
    return /^[a-z][a-z0-9-]{1,31}$/.test(name)
      ? forward(services.order, `/webhooks/carrier/${name}`, request, reply, logger)
      : nothingHere(request, reply);
  });
}

const nothingHere = (request: FastifyRequest, reply: FastifyReply) =>
  reply.code(404).send(errorBody('NOT_FOUND', 'There is nothing at this address.', request));

async function forward(to: Upstream, path: string, request: FastifyRequest, reply: FastifyReply, logger: Logger) {
  const work = request.work as WorkContext;
  try {
    const answer = await to.pool.request({
      path,
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
    logger.warn({ err: error, path }, 'webhook not delivered');
    return reply
      .code(503)
      .header('retry-after', '5')
      .send(errorBody('DEPENDENCY_UNAVAILABLE', 'Webhooks cannot be taken right now.', request));
  }
}
