import { Readable } from 'node:stream';
import { errorBody } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import type { App } from '../app/index.js';

const TYPES = { CSV: 'text/csv; charset=utf-8', JSON_LINES: 'application/x-ndjson; charset=utf-8' } as const;
const EXTENSIONS = { CSV: 'csv', JSON_LINES: 'jsonl' } as const;

/** `GET /exports/orders/<secret>`: the download that `orderExport` gave a link to. The secret of the link is all that opens it. */
export const exportRoutes = (app: Pick<App, 'openExport'>) => (http: FastifyInstance) => {
  http.get<{ Params: { token: string } }>('/exports/orders/:token', async (request, reply) => {
    const { token } = request.params;
    const download = /^[\w-]{43}$/.test(token) ? await app.openExport(token) : undefined;
    if (download === undefined) {
      return reply.code(404).send(errorBody('NOT_FOUND', 'This link is unknown or has ended.', request));
    }
    const name = `orders-${new Date().toISOString().slice(0, 10)}.${EXTENSIONS[download.format]}`;
    return reply
      .type(TYPES[download.format])
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(download.text, { objectMode: false }));
  });
};
