import type { StripeAnswer, StripeCall } from './call.js';
import {
  cancelIntent,
  captureIntent,
  confirmIntent,
  createIntent,
  retrieveIntent,
  updateIntent,
} from './intentCalls.js';
import { list, listEvents, listMethods, listMethodsOfCustomer } from './lists.js';
import {
  customerCreate,
  customerDelete,
  customerUpdate,
  methodAttach,
  methodCreate,
  methodDetach,
  refundCreate,
  refundUpdate,
  retrieve,
} from './otherCalls.js';
import { retrieveEvent } from './retrieveEvent.js';

export interface StripeRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Fastify's notation; the only parameter is `:id`. */
  readonly path: string;
  /** May be called with a publishable key. */
  readonly publishable?: true;
  readonly handle: (call: StripeCall) => StripeAnswer;
}

/** All of Stripe's API that the stand-in has. Everything else is answered as an unrecognized URL. */
export const STRIPE_ROUTES: readonly StripeRoute[] = [
  { method: 'POST', path: '/v1/payment_intents', handle: createIntent },
  { method: 'GET', path: '/v1/payment_intents', handle: list('payment_intent', { customer: (it) => it.customer }) },
  { method: 'GET', path: '/v1/payment_intents/:id', handle: retrieveIntent, publishable: true },
  { method: 'POST', path: '/v1/payment_intents/:id', handle: updateIntent },
  { method: 'POST', path: '/v1/payment_intents/:id/confirm', handle: confirmIntent, publishable: true },
  { method: 'POST', path: '/v1/payment_intents/:id/capture', handle: captureIntent },
  { method: 'POST', path: '/v1/payment_intents/:id/cancel', handle: cancelIntent },

  {
    method: 'GET',
    path: '/v1/charges',
    handle: list('charge', { payment_intent: (it) => it.paymentIntent, customer: (it) => it.customer }),
  },
  { method: 'GET', path: '/v1/charges/:id', handle: retrieve('charge', 'id') },

  { method: 'POST', path: '/v1/refunds', handle: refundCreate },
  {
    method: 'GET',
    path: '/v1/refunds',
    handle: list('refund', { payment_intent: (it) => it.paymentIntent, charge: (it) => it.charge }),
  },
  { method: 'GET', path: '/v1/refunds/:id', handle: retrieve('refund', 'refund') },
  { method: 'POST', path: '/v1/refunds/:id', handle: refundUpdate },

  {
    method: 'GET',
    path: '/v1/disputes',
    handle: list('dispute', { payment_intent: (it) => it.paymentIntent, charge: (it) => it.charge }),
  },
  { method: 'GET', path: '/v1/disputes/:id', handle: retrieve('dispute', 'dispute') },

  { method: 'POST', path: '/v1/customers', handle: customerCreate },
  { method: 'GET', path: '/v1/customers', handle: list('customer', { email: (it) => it.email }) },
  { method: 'GET', path: '/v1/customers/:id', handle: retrieve('customer', 'id') },
  { method: 'POST', path: '/v1/customers/:id', handle: customerUpdate },
  { method: 'DELETE', path: '/v1/customers/:id', handle: customerDelete },

  { method: 'GET', path: '/v1/customers/:id/payment_methods', handle: listMethodsOfCustomer },

  { method: 'POST', path: '/v1/payment_methods', handle: methodCreate, publishable: true },
  { method: 'GET', path: '/v1/payment_methods', handle: listMethods },
  { method: 'GET', path: '/v1/payment_methods/:id', handle: retrieve('payment_method', 'payment_method') },
  { method: 'POST', path: '/v1/payment_methods/:id/attach', handle: methodAttach },
  { method: 'POST', path: '/v1/payment_methods/:id/detach', handle: methodDetach },

  {
    method: 'GET',
    path: '/v1/balance_transactions',
    handle: list('balance_transaction', {
      type: (it) => it.type,
      source: (it) => it.source,
      currency: (it) => it.currency,
    }),
  },
  { method: 'GET', path: '/v1/balance_transactions/:id', handle: retrieve('balance_transaction', 'id') },

  { method: 'GET', path: '/v1/events', handle: listEvents },
  { method: 'GET', path: '/v1/events/:id', handle: retrieveEvent },
];
