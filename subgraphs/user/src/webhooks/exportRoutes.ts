import type { FastifyInstance } from 'fastify';
import type { App } from '../app/index.js';

const FILES = /^(exp_[0-9a-z]{26})\.json$/;

/**
 * `GET /account-exports/<id>.json?expires=…&signature=…`: the export of personal data behind a signed link. 403 for a link that is not
 * ours or has ended; only the owner is given a new one, in the graph.
 */
export const exportRoutes =
  (app: Pick<App, 'openDataExport'>) =>
  (server: FastifyInstance): void => {
    server.get<{ Params: { file: string }; Querystring: { expires?: unknown; signature?: unknown } }>(
      '/account-exports/:file',
      async (request, reply) => {
        const [, exportId] = FILES.exec(request.params.file) ?? [];
        const { expires, signature } = request.query;
        if (exportId === undefined || typeof expires !== 'string' || typeof signature !== 'string') {
          return reply.code(404).send({ found: false });
        }
        const opened = await app.openDataExport({ exportId, expires, signature });
        if (opened.kind !== 'FILE') return reply.code(opened.kind === 'REFUSED' ? 403 : 404).send({ found: false });
        return reply
          .headers({
            'content-type': 'application/json; charset=utf-8',
            'content-disposition': 'attachment; filename="personal-data.json"',
            'cache-control': 'private, no-store',
            'referrer-policy': 'no-referrer',
            'x-content-type-options': 'nosniff',
            'x-robots-tag': 'noindex',
          })
          .send(opened.json);
      },
    );
  };
