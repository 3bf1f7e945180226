import type { FastifyInstance } from 'fastify';

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};
const PRODUCTION = { ...ALWAYS, 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

/** Answers that are data: no browser has anything to load or to run because of them. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Security headers on every answer. Pages set their own content security policy; what sets none gets the one that
 * allows nothing. Apollo's Sandbox, a page of its vendor that only development serves, brings its own in its HTML.
 */
export function addSecurityHeaders(app: FastifyInstance, production: boolean): void {
  const headers = production ? PRODUCTION : ALWAYS;
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.headers(headers);
    const isPage = String(reply.getHeader('content-type') ?? '').startsWith('text/html');
    if (!isPage && !reply.hasHeader('content-security-policy')) reply.header('content-security-policy', DATA_POLICY);
    done();
  });
}
