import { errorBody, type Logger } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import { pickHeaders, type Upstream } from './upstream.js';

const ASKED = ['accept', 'if-none-match', 'if-modified-since'];
const ANSWERED = ['content-type', 'content-length', 'cache-control', 'etag', 'last-modified'];
/** Images may be SVG, which is a document: opened by itself it may style itself, and nothing else. */
const IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** `GET /media/…`: streams product images from the product service, with its validators, so that browsers cache them. */
export function addMediaRoute(app: FastifyInstance, product: Upstream, logger: Logger): void {
  app.get<{ Params: { '*': string } }>('/media/*', async (request, reply) => {
    const path = request.params['*'];
    if (!/^[\w-]+(?:[./][\w-]+)*$/.test(path)) {
      return reply.code(404).send(errorBody('NOT_FOUND', 'There is no such image.', request));
    }
    try {
      const answer = await product.pool.request({
        path: `/media/${path}`,
        method: request.method === 'HEAD' ? 'HEAD' : 'GET',
        headers: pickHeaders(request.headers, ASKED),
      });
      if (answer.statusCode === 200 || answer.statusCode === 304) {
        return reply
          .code(answer.statusCode)
          .headers({
            ...pickHeaders(answer.headers, ANSWERED),
            'content-security-policy': IMAGE_POLICY,
            'cross-origin-resource-policy': 'cross-origin',
          })
          .send(answer.body);
      }
      await answer.body.dump();
      if (answer.statusCode < 500) {
        return reply.code(404).send(errorBody('NOT_FOUND', 'There is no such image.', request));
      }
      logger.warn({ status: answer.statusCode }, 'image not served');
    } catch (error) {
      logger.warn({ err: error }, 'image not served');
    }
    return reply
      .code(503)
      .header('retry-after', '5')
      .send(errorBody('DEPENDENCY_UNAVAILABLE', 'Images cannot be served right now.', request));
  });
}
