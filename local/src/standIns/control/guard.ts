import type { FastifyInstance } from 'fastify';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * Keeps other web pages out: a name that was rebound to 127.0.0.1 is refused by its Host header, and a page of another
 * origin by its Origin header, except where Stripe.js is meant to call from a shop's page.
 */
export function guard(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host ?? '';
    if (!LOOPBACK.test(host)) {
      return reply.code(403).send({ error: { message: `This server answers on loopback only, not as ${host}.` } });
    }
    const { origin } = request.headers;
    const foreign = origin !== undefined && origin !== `http://${host}`;
    if (foreign && !request.url.startsWith('/v1/') && !request.url.startsWith('/3d-secure/')) {
      return reply.code(403).send({ error: { message: `Pages of ${origin} may not use this server.` } });
    }
  });
}
