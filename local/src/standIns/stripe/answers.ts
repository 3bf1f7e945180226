import type { Answer } from '../core/answer.js';
import { randomId } from '../core/randomId.js';
import { internalError, invalidRequest } from './failure.js';
import type { IdempotencyRecord } from './records.js';
import { API_VERSION } from './render.js';

/** Stripe's answer to a URL that it does not know. */
export function unrecognizedUrl(method: string, path: string): Answer {
  const failure = invalidRequest(
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/. (A stand-in answers here: it has only what Souk uses.)`,
    { status: 404 },
  );
  return errorAnswer(404, failure.body, randomId('req_', 14));
}

/** A body in JSON with Stripe's headers. */
export function jsonAnswer(status: number, body: object, requestId: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'request-id': requestId, 'stripe-version': API_VERSION },
    body: JSON.stringify(body),
  };
}

/** `{error: …}` */
export function errorAnswer(status: number, error: object, requestId: string): Answer {
  return jsonAnswer(status, { error }, requestId);
}

/** Something broke at Stripe. `remembered`: it is stored under the idempotency key, a retry would be of no use. */
export function broken(status: number, requestId: string, remembered: boolean): Answer {
  const answer = errorAnswer(status, internalError, requestId);
  return remembered ? { ...answer, headers: { ...answer.headers, 'stripe-should-retry': 'false' } } : answer;
}

/** The stored answer of an earlier request with the same key. */
export function replay(stored: IdempotencyRecord, requestId: string): Answer {
  return {
    status: stored.status,
    headers: {
      'content-type': 'application/json',
      'request-id': requestId,
      'original-request': stored.requestId,
      'idempotent-replayed': 'true',
      'stripe-version': API_VERSION,
      ...(stored.status >= 500 ? { 'stripe-should-retry': 'false' } : {}),
    },
    body: stored.body,
  };
}
