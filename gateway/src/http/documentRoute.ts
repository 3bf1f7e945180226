import { errorBody, type Logger, type WorkContext } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import { pickHeaders, type Upstream } from './upstream.js';

const ANSWERED = [
  'content-type',
  'content-length',
  'content-disposition',
  'content-security-policy',
  'cache-control',
  'x-robots-tag',
  'etag',
];

/**
 * `GET /documents/<id>.pdf|html?expires=…&signature=…`: invoices, receipts and credit notes from the payment service, which checks
 * the link's signature. Nothing of the request but these is passed on: the link alone decides.
 */
export function addDocumentRoute(app: FastifyInstance, payment: Upstream, logger: Logger): void {
  app.get<{ Params: { file: string }; Querystring: { expires?: unknown; signature?: unknown } }>(
    '/documents/:file',
    async (request, reply) => {
      const { file } = request.params;
      const { expires, signature } = request.query;
      const wellFormed =
        /^rcp_[0-9a-z]{26}\.(pdf|html)$/.test(file) &&
        typeof expires === 'string' &&
        typeof signature === 'string' &&
        /^\d{1,12}$/.test(expires) &&
        /^[\w-]{1,100}$/.test(signature);
      if (!wellFormed) return reply.code(404).send(errorBody('NOT_FOUND', 'There is no such document.', request));
      const work = request.work as WorkContext;
      try {
        const answer = await payment.pool.request({
          path: `/documents/${file}?expires=${expires}&signature=${signature}`,
          method: 'GET',
          headers: { 'x-request-id': work.requestId, traceparent: work.traceparent },
        });
        if (answer.statusCode === 200) {
          return reply.code(200).headers(pickHeaders(answer.headers, ANSWERED)).send(answer.body);
        }
        await answer.body.dump();
        if (answer.statusCode === 403) {
          const message = 'This link has ended. Ask for a new one where you found it.';
          return reply.code(403).send(errorBody('FORBIDDEN', message, request));
        }
        if (answer.statusCode < 500) {
          return reply.code(404).send(errorBody('NOT_FOUND', 'There is no such document.', request));
        }
        logger.warn({ status: answer.statusCode }, 'document not served');
      } catch (error) {
        logger.warn({ err: error }, 'document not served');
      }
      return reply
        .code(503)
        .header('retry-after', '5')
        .send(errorBody('DEPENDENCY_UNAVAILABLE', 'Documents cannot be served right now.', request));
    },
  );
}
