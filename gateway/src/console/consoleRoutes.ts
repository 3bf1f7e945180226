import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { DemoAccount } from '../config.js';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
};

/** Nothing from elsewhere, no inline script, no eval. The editor sets styles on elements: 'unsafe-inline' for styles alone. */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Where `node scripts/build-console.mjs` puts the console: its page, and everything else gzipped. */
const BUILT_CONSOLE = fileURLToPath(new URL('../../console/dist/app', import.meta.url));

/**
 * Serves the built console at `/console`; `/` leads there. Says so when it was not built.
 * @param demoAccounts accounts that the sign-in panel offers at one click
 */
export function addConsoleRoutes(
  app: FastifyInstance,
  demoAccounts: readonly DemoAccount[],
  folder: string = BUILT_CONSOLE,
): void {
  app.get('/', (_request, reply) => reply.redirect('/console', 302));
  app.get('/console/accounts.json', (_request, reply) => reply.header('cache-control', 'no-store').send(demoAccounts));

  const built = existsSync(join(folder, 'index.html'));
  const page = built ? readFileSync(join(folder, 'index.html')) : undefined;
  const files = new Set(built ? readdirSync(folder).filter((name) => name.endsWith('.gz')) : []);
  app.get('/console', (_request, reply) => {
    if (!page) {
      return reply.code(404).type('text/plain').send('The console is not built: run `npm run build:console`.\n');
    }
    return reply
      .headers({ 'content-security-policy': CONSOLE_POLICY, 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(page);
  });
  app.get<{ Params: { file: string } }>('/console/:file', (request, reply) => {
    const { file } = request.params;
    if (!files.has(`${file}.gz`)) return reply.callNotFound();
    const gzipped = createReadStream(join(folder, `${file}.gz`));
    reply
      .headers({
        'content-security-policy': CONSOLE_POLICY,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
      })
      .type(TYPES[extname(file)] ?? 'application/octet-stream');
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding']))) return reply.send(gzipped.pipe(createGunzip()));
    return reply.header('content-encoding', 'gzip').send(gzipped);
  });
}
