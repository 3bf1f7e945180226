import type { Store } from '../openStore.js';
import { notFound } from './failure.js';
import type { PaypalEffects } from './paypalEngine.js';
import type { PaypalKind, PaypalObjects } from './records.js';

/** One request to PayPal's API, after authentication. */
export interface PaypalCall {
  /** The JSON of the body; undefined when there is none. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
  /** The id in the URL, '' when there is none. */
  readonly id: string;
  /** ISO. */
  readonly now: string;
  /** The address that PayPal's API is served at, e.g. `http://127.0.0.1:4010/paypal`. */
  readonly base: string;
  /** Whether a `decline` fault is armed; used up by the first call that asks. */
  readonly takeDecline: () => boolean;
  readonly store: Pick<Store, 'get' | 'list'>;
}

/** What a route answers: the object it is about as it is afterwards, a body of its own, or nothing (204). */
export interface PaypalAnswer extends PaypalEffects {
  readonly status: 200 | 201 | 204;
  readonly about?: { readonly kind: Exclude<PaypalKind, 'paypal_transaction'>; readonly id: string };
  readonly body?: object;
}

/** An answer that changes nothing. */
export const show = (body: object): PaypalAnswer => ({ status: 200, body, puts: [], events: [] });

/** Answers an object as it is. */
export const showOf =
  (kind: Exclude<PaypalKind, 'paypal_transaction'>) =>
  (call: PaypalCall): PaypalAnswer => ({ status: 200, about: { kind, id: find(call, kind).id }, puts: [], events: [] });

/** The object of the URL's id. Throws 404. */
export function find<K extends PaypalKind>(
  call: Pick<PaypalCall, 'store' | 'id'>,
  kind: K,
  id: string = call.id,
): PaypalObjects[K] {
  const record = call.store.get(kind, id);
  if (record === undefined) throw notFound();
  return record as PaypalObjects[K];
}

/** The body as an object; `{}` when there is none. */
export const fieldsOf = (call: Pick<PaypalCall, 'body'>): Readonly<Record<string, unknown>> =>
  typeof call.body === 'object' && call.body !== null && !Array.isArray(call.body)
    ? (call.body as Record<string, unknown>)
    : {};

/** A text of at most `max` characters; null when it is absent. */
export const textOf = (value: unknown, max = 127): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, max) : null;
