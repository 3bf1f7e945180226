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
 * `GET /<folder>/<file>?expires=…&signature=…`: files from the service that owns them, which checks the link's signature. Nothing of the
 * request but these is passed on: the link alone decides.
 */
export function addSignedFileRoute(
  app: FastifyInstance,
  o: {
    readonly folder: string;
    /** The names that such files have. */
    readonly files: RegExp;
    /** What a file is, for messages. */
    readonly noun: string;
    readonly owner: Upstream;
    readonly logger: Logger;
  },
): void {
  const { folder, files, noun, owner, logger } = o;
  app.get<{ Params: { file: string }; Querystring: { expires?: unknown; signature?: unknown } }>(
    `/${folder}/:file`,
    async (request, reply) => {
      const { file } = request.params;
      const { expires, signature } = request.query;
      const notFound = () => reply.code(404).send(errorBody('NOT_FOUND', `There is no such ${noun}.`, request));
      const wellFormed =
        files.test(file) &&
        typeof expires === 'string' &&
        typeof signature === 'string' &&
        /^\d{1,12}$/.test(expires) &&
        /^[\w-]{1,100}$/.test(signature);
      if (!wellFormed) return notFound();
      const work = request.work as WorkContext;
      try {
        const answer = await owner.pool.request({
          path: `/${folder}/${file}?expires=${expires}&signature=${signature}`,
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
        if (answer.statusCode < 500) return notFound();
        logger.warn({ status: answer.statusCode }, `${noun} not served`);
      } catch (error) {
        logger.warn({ err: error }, `${noun} not served`);
      }
      return reply
        .code(503)
        .header('retry-after', '5')
        .send(errorBody('DEPENDENCY_UNAVAILABLE', `A ${noun} cannot be served right now.`, request));
    },
  );
}
