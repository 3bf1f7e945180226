import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, describeFault, playFault, react, statusOf } from '../core/answer.js';
import type { Faults } from '../core/faults.js';
import { type Form, parseForm } from '../core/form.js';
import { randomId } from '../core/randomId.js';
import type { RequestLog } from '../core/requestLog.js';
import type { Store } from '../openStore.js';
import { broken, errorAnswer, jsonAnswer, replay } from './answers.js';
import { authenticate, requireSecretKey } from './authenticate.js';
import type { StripeAnswer, StripeCall } from './call.js';
import { expand } from './expand.js';
import { StripeFailure } from './failure.js';
import { createIdempotency } from './idempotency.js';
import { strings } from './params.js';
import type { IdempotencyRecord, StripeObject } from './records.js';
import { STRIPE_ROUTES, type StripeRoute } from './routeTable.js';
import type { StripeEngine } from './stripeEngine.js';

export interface StripeServerOptions {
  readonly keys: { readonly secretKey: string; readonly publishableKey?: string | undefined };
  readonly store: Store;
  readonly engine: StripeEngine;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly origin: () => string;
}

/** Refusals that Stripe remembers under the idempotency key: the request was understood and worked on. */
const REMEMBERED_CODES = new Set([
  'payment_intent_unexpected_state',
  'charge_already_refunded',
  'refund_disputed_payment',
]);

/** Stripe's API under /v1: authentication, idempotency, faults, errors and webhooks around the route table. */
export function serveStripe(app: FastifyInstance, options: StripeServerOptions): void {
  const { store, engine, faults, requests } = options;
  const idempotency = createIdempotency(store);

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, _body, done) =>
    done(
      Object.assign(
        new Error('Invalid request (check that your POST content type is application/x-www-form-urlencoded).'),
        {
          statusCode: 400,
        },
      ),
    ),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    const answer = errorAnswer(status, { type: 'invalid_request_error', message: error.message }, randomId('req_', 14));
    return react(reply, answer);
  });
  // Stripe.js calls from the shop's pages, with a publishable key.
  app.addHook('onRequest', async (_, reply) => {
    reply.header('access-control-allow-origin', '*');
    reply.header('access-control-expose-headers', 'Request-Id, Stripe-Should-Retry');
  });
  app.options('/v1/*', (_, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS')
      .header('access-control-allow-headers', 'Authorization, Content-Type, Idempotency-Key, Stripe-Version')
      .send(),
  );

  const handle = async (route: StripeRoute, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const [path = '', query = ''] = request.url.split('?');
    const body = typeof request.body === 'string' ? request.body : '';
    const requestId = randomId('req_', 14);
    const header = request.headers['idempotency-key'];
    const idempotencyKey = route.method === 'POST' && typeof header === 'string' && header !== '' ? header : null;
    const fault = faults.take('stripe', route.method, path);
    let replayed = false;

    const attempt = async () => {
      const params = parseForm(route.method === 'POST' ? body : query);
      const caller = authenticate(request.headers.authorization, params, options.keys);
      if (route.publishable === undefined) requireSecretKey(caller);
      const call: StripeCall = {
        params,
        path,
        id: (request.params as { id?: string }).id ?? '',
        publishable: caller === 'publishable',
        now: Math.floor(Date.now() / 1000),
        origin: options.origin(),
        takeDecline: () => faults.takeDecline('stripe', path) ?? null,
        store,
      };
      if (idempotencyKey === null) {
        return playFault(
          fault,
          () => act(route, call, requestId),
          (status) => broken(status, requestId, false),
        );
      }
      const stored = idempotency.begin(idempotencyKey, path, body, call.now);
      if (stored !== undefined) {
        replayed = true;
        return playFault(
          fault,
          () => replay(stored, requestId),
          (status) => broken(status, requestId, false),
        );
      }
      try {
        const remembered =
          fault?.kind === 'error' && fault.remembered ? broken(fault.status, requestId, true) : undefined;
        const remember = (answer: Answer): IdempotencyRecord =>
          idempotency.record(idempotencyKey, path, body, {
            status: (remembered ?? answer).status,
            body: (remembered ?? answer).body,
            requestId,
            now: call.now,
          });
        if (remembered !== undefined && fault?.kind === 'error' && fault.when === 'before') {
          store.commit([['idempotency', remember(remembered)]]);
        }
        return await playFault(
          fault,
          () => act(route, call, requestId, { key: idempotencyKey, remember }),
          (status) => remembered ?? broken(status, requestId, false),
        );
      } finally {
        idempotency.finish(idempotencyKey);
      }
    };

    const reaction = await attempt().catch((error: unknown) => {
      if (error instanceof StripeFailure) return errorAnswer(error.status, error.body, requestId);
      throw error;
    });
    requests.add({
      at: new Date().toISOString(),
      provider: 'stripe',
      method: route.method,
      path,
      status: statusOf(reaction),
      requestId,
      idempotencyKey,
      replayed,
      fault: describeFault(fault),
    });
    if (idempotencyKey !== null) reply.header('idempotency-key', idempotencyKey);
    return react(reply, reaction);
  };

  /** Decides, expands, and commits effects and remembered answer as one unit. */
  const act = (
    route: StripeRoute,
    call: StripeCall,
    requestId: string,
    idempotent?: { key: string; remember: (answer: Answer) => IdempotencyRecord },
  ): Answer => {
    const cause = { now: call.now, requestId, idempotencyKey: idempotent?.key ?? null };
    let decided: StripeAnswer;
    let answer: Answer;
    try {
      decided = route.handle(call);
      answer =
        decided.refusal === undefined
          ? jsonAnswer(200, expand(decided.body, expandPaths(call.params), overlay(store, decided.objects)), requestId)
          : errorAnswer(402, decided.refusal, requestId);
    } catch (error) {
      if (error instanceof StripeFailure && idempotent !== undefined && REMEMBERED_CODES.has(error.body.code ?? '')) {
        store.commit([['idempotency', idempotent.remember(errorAnswer(error.status, error.body, requestId))]]);
      }
      throw error;
    }
    engine.commit(decided, cause, idempotent === undefined ? [] : [['idempotency', idempotent.remember(answer)]]);
    return answer;
  };

  for (const route of STRIPE_ROUTES) {
    app.route({ method: route.method, url: route.path, handler: (request, reply) => handle(route, request, reply) });
  }
}

const expandPaths = (params: Form): string[] => strings(params, 'expand') ?? [];

/** What the store will hold once these objects are committed. */
function overlay(store: Store, objects: readonly StripeObject[]): Pick<Store, 'get'> {
  const fresh = new Map(objects.map((object) => [`${object.kind} ${object.record.id}`, object.record]));
  return {
    get: (kind, id) => (fresh.get(`${kind} ${id}`) as ReturnType<typeof store.get<typeof kind>>) ?? store.get(kind, id),
  };
}
