import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** Nothing from elsewhere, no inline script, no eval. GraphiQL's editor sets styles on elements, which needs 'unsafe-inline' for styles alone. */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Where `node scripts/build-console.mjs` puts the console: beside the compiled gateway. */
const BUILT_CONSOLE = fileURLToPath(new URL('../../dist-console', import.meta.url));

/** Serves the built console at `/console`, from memory; `/` leads there. Says so when it was not built. */
export function addConsoleRoutes(app: FastifyInstance, folder: string = BUILT_CONSOLE): void {
  app.get('/', (_request, reply) => reply.redirect('/console', 302));
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/console', (_request, reply) =>
      reply.code(404).type('text/plain').send('The console is not built: run `node scripts/build-console.mjs`.\n'),
    );
    return;
  }
  const files = new Map(
    readdirSync(folder)
      .filter((name) => TYPES[extname(name)])
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
  const page = files.get('index.html');
  app.get('/console', (_request, reply) =>
    reply
      .headers({ 'content-security-policy': CONSOLE_POLICY, 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(page),
  );
  app.get<{ Params: { file: string } }>('/console/:file', (request, reply) => {
    const content = files.get(request.params.file);
    if (!content) return reply.callNotFound();
    return reply
      .headers({ 'content-security-policy': CONSOLE_POLICY, 'cache-control': 'public, max-age=31536000, immutable' })
      .type(TYPES[extname(request.params.file)] ?? 'application/octet-stream')
      .send(content);
  });
}
