import { createHash } from 'node:crypto';
import { canonicalForm } from '../core/form.js';
import type { Store } from '../openStore.js';
import { StripeFailure } from './failure.js';
import type { IdempotencyRecord } from './records.js';

const KEPT_SECONDS = 86_400;
const MAX_KEY_LENGTH = 255;

/** Stripe's idempotency layer: https://docs.stripe.com/api/idempotent_requests */
export interface Idempotency {
  /**
   * The stored answer to replay, or undefined when the request is the first with this key, which then counts as in
   * progress until `finish`. Throws 400 `idempotency_error` for a key that was used with other parameters or another
   * path, and 409 while the first request is still being worked on.
   */
  begin(key: string, path: string, body: string, now: number): IdempotencyRecord | undefined;
  /** The request is over, whatever came of it. */
  finish(key: string): void;
  /** What to store together with the effects of the request. */
  record(
    key: string,
    path: string,
    body: string,
    answer: { status: number; body: string; requestId: string; now: number },
  ): IdempotencyRecord;
}

export function createIdempotency(store: Store): Idempotency {
  const inProgress = new Set<string>();
  return {
    begin(key, path, body, now) {
      if (key.length > MAX_KEY_LENGTH) {
        throw failure(400, `Idempotency keys must be no more than ${MAX_KEY_LENGTH} characters.`);
      }
      if (inProgress.has(key)) {
        throw failure(
          409,
          `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. See https://stripe.com/docs/api/idempotent_requests for more information.`,
          'idempotency_key_in_use',
        );
      }
      const stored = store.get('idempotency', key);
      if (stored !== undefined && stored.created > now - KEPT_SECONDS) {
        if (stored.path !== path) {
          throw failure(
            400,
            `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${stored.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
          );
        }
        if (stored.params !== hash(body)) {
          throw failure(
            400,
            `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
          );
        }
        return stored;
      }
      inProgress.add(key);
      return undefined;
    },
    finish: (key) => {
      inProgress.delete(key);
    },
    record: (key, path, body, answer) => ({
      id: key,
      created: answer.now,
      path,
      params: hash(body),
      status: answer.status,
      body: answer.body,
      requestId: answer.requestId,
    }),
  };
}

function failure(status: number, message: string, code?: string): StripeFailure {
  return new StripeFailure(status, { type: 'idempotency_error', message, ...(code === undefined ? {} : { code }) });
}

const hash = (body: string): string => createHash('sha256').update(canonicalForm(body)).digest('base64').slice(0, 22);
