import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** The same relative path from the source and from the compiled file, since the compiler copies no assets. */
const ASSETS = new URL('../../../src/standIns/page/assets/', import.meta.url);

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/assets/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/assets/parts.js': ['parts.js', 'text/javascript; charset=utf-8'],
  '/assets/mailView.js': ['mailView.js', 'text/javascript; charset=utf-8'],
  '/assets/paymentsView.js': ['paymentsView.js', 'text/javascript; charset=utf-8'],
  '/assets/paypalView.js': ['paypalView.js', 'text/javascript; charset=utf-8'],
  '/assets/webhooksView.js': ['webhooksView.js', 'text/javascript; charset=utf-8'],
  '/assets/element.js': ['element.js', 'text/javascript; charset=utf-8'],
  '/assets/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/favicon.ico': ['icon.svg', 'image/svg+xml'],
} as const;

/** The page: mailbox, text messages, payments, PayPal's orders and webhooks. Served from disk, without anything from elsewhere. */
export function servePage(app: FastifyInstance): void {
  for (const [url, [file, type]] of Object.entries(FILES)) {
    const content = readFileSync(new URL(file, ASSETS));
    app.get(url, (_request, reply) =>
      reply
        .type(type)
        .header('content-security-policy', POLICY)
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer')
        .header('cache-control', 'no-cache')
        .send(content),
    );
  }
}
