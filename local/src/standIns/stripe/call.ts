import type { Form } from '../core/form.js';
import type { Store } from '../openStore.js';
import type { Effects } from './effects.js';
import { noSuch } from './failure.js';
import type { StripeObjectKind, StripeObjects } from './records.js';

/** One request to Stripe's API, after authentication. */
export interface StripeCall {
  readonly params: Form;
  /** Path of the URL, without the query. */
  readonly path: string;
  /** The id in the URL, '' when there is none. */
  readonly id: string;
  /** Made with a publishable key, as by Stripe.js in a browser. */
  readonly publishable: boolean;
  /** Unix seconds. */
  readonly now: number;
  /** Address of this server, e.g. `http://127.0.0.1:4010`. */
  readonly origin: string;
  /** Decline code of an armed `decline` fault; used up by the first call that asks. */
  readonly takeDecline: () => string | null;
  readonly store: Pick<Store, 'get' | 'list'>;
}

/** What a route answers: 200 with the body, or the refusal in the effects. */
export interface StripeAnswer extends Effects {
  readonly body: Record<string, unknown>;
}

/** An answer that changes nothing. */
export const show = (body: Record<string, unknown>): StripeAnswer => ({ body, objects: [], events: [] });

/** Stripe's names of things in "No such …". */
const NAMES: Readonly<Record<StripeObjectKind, string>> = {
  payment_intent: 'payment_intent',
  charge: 'charge',
  refund: 'refund',
  dispute: 'dispute',
  payment_method: 'PaymentMethod',
  customer: 'customer',
  balance_transaction: 'balance_transaction',
};

/** The object of that id. Throws `resource_missing`: 404 for the id of the URL, 400 for one in a parameter. */
export function find<K extends StripeObjectKind>(
  call: { readonly store: Pick<Store, 'get'> },
  kind: K,
  id: string,
  param = 'id',
  status: 400 | 404 = 404,
): StripeObjects[K] {
  const record = call.store.get(kind, id);
  if (record === undefined) throw noSuch(NAMES[kind], id, param, status);
  return record;
}
