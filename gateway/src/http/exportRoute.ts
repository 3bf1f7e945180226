import { errorBody, type Logger, type WorkContext } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import { pickHeaders, type Upstream } from './upstream.js';

const ANSWERED = ['content-type', 'content-disposition', 'cache-control'];

/**
 * `GET /exports/orders/<secret>`: the download that staff got a link to (`orderExport`), streamed from the order service as it is
 * read there. Nothing of the request but the secret is passed on: the link alone decides.
 */
export function addExportRoute(app: FastifyInstance, order: Upstream, logger: Logger): void {
  app.get<{ Params: { token: string } }>('/exports/orders/:token', async (request, reply) => {
    const { token } = request.params;
    const unknown = () => reply.code(404).send(errorBody('NOT_FOUND', 'This link is unknown or has ended.', request));
    if (!/^[\w-]{43}$/.test(token)) return unknown();
    const work = request.work as WorkContext;
    try {
      const answer = await order.pool.request({
        path: `/exports/orders/${token}`,
        method: 'GET',
        headers: { 'x-request-id': work.requestId, traceparent: work.traceparent },
      });
      if (answer.statusCode === 200) {
        return reply.code(200).headers(pickHeaders(answer.headers, ANSWERED)).send(answer.body);
      }
      await answer.body.dump();
      if (answer.statusCode < 500) return unknown();
      logger.warn({ status: answer.statusCode }, 'export not served');
    } catch (error) {
      logger.warn({ err: error }, 'export not served');
    }
    return reply
      .code(503)
      .header('retry-after', '5')
      .send(errorBody('DEPENDENCY_UNAVAILABLE', 'Exports cannot be served right now.', request));
  });
}
