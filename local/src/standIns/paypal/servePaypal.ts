import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, describeFault, playFault, react, statusOf } from '../core/answer.js';
import type { Faults } from '../core/faults.js';
import { parseForm } from '../core/form.js';
import { randomSid } from '../core/randomId.js';
import type { RequestLog } from '../core/requestLog.js';
import { sameSecret } from '../core/sameSecret.js';
import type { Put, Store } from '../openStore.js';
import type { PaypalAnswer, PaypalCall } from './call.js';
import { signer } from './certificate.js';
import { internalError, notFound, PaypalFailure, unauthorized, unprocessable } from './failure.js';
import { type PaypalEngine, withPuts } from './paypalEngine.js';
import type { PaypalRequestRecord } from './records.js';
import { minimal, render } from './render.js';
import { type PaypalRoute, paypalRoutes } from './routeTable.js';
import { acceptsToken, issueToken } from './tokens.js';

export const PAYPAL_BASE = '/paypal';
export const CERTIFICATES = `${PAYPAL_BASE}/v1/notifications/certs`;

export interface PaypalServerOptions {
  readonly account: { readonly clientId: string; readonly clientSecret: string; readonly webhookId: string };
  readonly store: Store;
  readonly engine: PaypalEngine;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly origin: () => string;
}

/** PayPal stores the ids of order requests for 6 hours and those of payment requests for 45 days. */
const KEPT_MS = (path: string): number => (path.includes('/checkout/') ? 6 * 3_600_000 : 45 * 86_400_000);

/** PayPal's API under /paypal: tokens, request ids, faults, errors and webhooks around the route table. */
export function servePaypal(app: FastifyInstance, options: PaypalServerOptions): void {
  const { account, store, engine, faults, requests } = options;
  const inProgress = new Set<string>();
  const base = (): string => `${options.origin()}${PAYPAL_BASE}`;

  for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
    app.addContentTypeParser(type, { parseAs: 'string' }, (_, body, done) => done(null, body));
  }
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    react(reply, error instanceof PaypalFailure ? failed(error) : json(error.statusCode ?? 500, internalError)),
  );

  app.post(`${PAYPAL_BASE}/v1/oauth2/token`, (request, reply) => {
    const fault = faults.take('paypal', 'POST', request.url);
    return playFault(
      fault,
      () => {
        const { authorization = '' } = request.headers;
        const [scheme, encoded = ''] = authorization.split(' ');
        const known = sameSecret(
          Buffer.from(encoded, 'base64').toString(),
          `${account.clientId}:${account.clientSecret}`,
        );
        if (scheme?.toLowerCase() !== 'basic' || !known) {
          return json(401, { error: 'invalid_client', error_description: 'Client Authentication failed' });
        }
        if (parseForm(String(request.body ?? '')).grant_type !== 'client_credentials') {
          return json(400, { error: 'unsupported_grant_type', error_description: 'Grant Type is not supported' });
        }
        const { token, expiresIn } = issueToken(account.clientSecret, Date.now());
        return json(200, {
          scope: 'https://uri.paypal.com/services/payments/payment',
          access_token: token,
          token_type: 'Bearer',
          app_id: 'APP-STANDIN',
          expires_in: expiresIn,
        });
      },
      (status) => json(status, internalError),
    ).then((reaction) => react(reply, reaction));
  });

  app.get(`${CERTIFICATES}/:id`, (_, reply) => reply.type('application/x-pem-file').send(signer().pem));

  const handle = async (route: PaypalRoute, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = request.url.split('?')[0] ?? '';
    const header = request.headers['paypal-request-id'];
    const requestId = route.method === 'POST' && typeof header === 'string' && header !== '' ? header : null;
    const fault = faults.take('paypal', route.method, path);
    let replayed = false;

    const attempt = async () => {
      if (!acceptsToken(account.clientSecret, request.headers.authorization, Date.now())) throw unauthorized();
      const text = typeof request.body === 'string' ? request.body : '';
      const whole = request.headers.prefer === 'return=representation' || route.method === 'GET';
      const call: PaypalCall = {
        body: parseBody(text),
        query: request.query as Record<string, string>,
        id: (request.params as { id?: string }).id ?? '',
        now: new Date().toISOString(),
        base: base(),
        takeDecline: () => faults.takeDecline('paypal', path) !== undefined,
        store,
      };
      const act = (key?: PaypalRequestRecord): Answer => {
        const answer = route.handle(call);
        const more: Put[] =
          key === undefined || answer.about === undefined ? [] : [['paypal_request', { ...key, made: answer.about }]];
        const body = bodyOf(answer, whole);
        engine.commit(answer, more);
        return body === undefined ? { status: 204, headers: debug(), body: '' } : json(answer.status, body);
      };
      const broken = (status: number): Answer => json(status, internalError);
      if (requestId === null) return playFault(fault, () => act(), broken);
      const id = `${path} ${requestId}`;
      const hash = createHash('sha256').update(text).digest('base64').slice(0, 22);
      const known = store.get('paypal_request', id);
      if (known !== undefined && Date.parse(known.createdAt) > Date.now() - KEPT_MS(path)) {
        if (known.body !== hash) {
          throw unprocessable('DUPLICATE_REQUEST_ID', 'The value of PayPal-Request-Id header has already been used');
        }
        replayed = true;
        // PayPal answers with the latest status of what the first request has made.
        const { kind, id: made } = known.made;
        if (kind === 'paypal_transaction') throw notFound();
        return playFault(fault, () => json(200, prefer(render(kind, made, store, base()), whole)), broken);
      }
      if (inProgress.has(id)) {
        throw new PaypalFailure(409, {
          name: 'RESOURCE_CONFLICT',
          message: 'The server has detected a conflict while processing this request.',
          details: [
            {
              issue: 'PREVIOUS_REQUEST_IN_PROGRESS',
              description:
                'A previous request on this resource is currently in progress. Please wait for sometime and try again.',
            },
          ],
        });
      }
      inProgress.add(id);
      try {
        const key = { id, createdAt: call.now, body: hash, made: { kind: 'paypal_order' as const, id: '' } };
        return await playFault(fault, () => act(key), broken);
      } finally {
        inProgress.delete(id);
      }
    };

    const bodyOf = (answer: PaypalAnswer, whole: boolean): object | undefined => {
      if (answer.about === undefined) return answer.body;
      return prefer(render(answer.about.kind, answer.about.id, withPuts(store, answer.puts), base()), whole);
    };

    const reaction = await attempt().catch((error: unknown) => {
      if (error instanceof PaypalFailure) return failed(error);
      throw error;
    });
    requests.add({
      at: new Date().toISOString(),
      provider: 'paypal',
      method: route.method,
      path,
      status: statusOf(reaction),
      requestId: randomSid('').slice(0, 13),
      idempotencyKey: requestId,
      replayed,
      fault: describeFault(fault),
    });
    return react(reply, reaction);
  };

  for (const route of paypalRoutes(account.webhookId)) {
    app.route({
      method: route.method,
      url: `${PAYPAL_BASE}${route.path}`,
      handler: (request, reply) => handle(route, request, reply),
    });
  }
}

const prefer = (body: object, whole: boolean): object => (whole ? body : minimal(body));
const debug = (): Record<string, string> => ({ 'paypal-debug-id': randomSid('').slice(0, 13) });

function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json', ...debug() }, body: JSON.stringify(body) };
}

function failed(error: PaypalFailure): Answer {
  const answer = json(error.status, error.body);
  return { ...answer, body: JSON.stringify({ ...error.body, debug_id: answer.headers['paypal-debug-id'] }) };
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new PaypalFailure(400, {
      name: 'INVALID_REQUEST',
      message: 'Request is not well-formed, syntactically incorrect, or violates schema.',
      details: [{ issue: 'MALFORMED_REQUEST_JSON', description: 'The request JSON is not well formed.' }],
    });
  }
}
