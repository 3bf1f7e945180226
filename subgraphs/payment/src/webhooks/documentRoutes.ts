import type { FastifyInstance } from 'fastify';
import type { App } from '../app/index.js';

const FILES = /^(rcp_[0-9a-z]{26})\.(pdf|html)$/;
const TYPES = { PDF: 'application/pdf', HTML: 'text/html; charset=utf-8' } as const;
/** A document is read, printed and kept: it loads nothing, runs nothing and is shown in nobody's frame. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'";

/**
 * `GET /documents/<id>.pdf|html?expires=…&signature=…`: the file behind a signed link. 403 for a link that is not ours or has
 * ended; who may have a new one is decided where links are made, in the graph.
 */
export const documentRoutes =
  (app: Pick<App, 'openDocument'>) =>
  (server: FastifyInstance): void => {
    server.get<{ Params: { file: string }; Querystring: { expires?: unknown; signature?: unknown } }>(
      '/documents/:file',
      async (request, reply) => {
        const [, documentId, extension] = FILES.exec(request.params.file) ?? [];
        const { expires, signature } = request.query;
        if (documentId === undefined || typeof expires !== 'string' || typeof signature !== 'string') {
          return reply.code(404).send({ found: false });
        }
        const format = extension === 'pdf' ? 'PDF' : 'HTML';
        const opened = await app.openDocument({ documentId, format, expires, signature });
        if (opened.kind !== 'FILE') return reply.code(opened.kind === 'REFUSED' ? 403 : 404).send({ found: false });
        const { file, number } = opened;
        return reply
          .headers({
            'content-type': TYPES[format],
            'content-disposition': `inline; filename="${number}.${extension}"`,
            'cache-control': 'private, no-store',
            'content-security-policy': PAGE_POLICY,
            'referrer-policy': 'no-referrer',
            'x-content-type-options': 'nosniff',
            'x-robots-tag': 'noindex',
            etag: `"${file.sha256}"`,
          })
          .send(file.bytes);
      },
    );
  };
