import { type PaypalAnswer, type PaypalCall, showOf } from './call.js';
import { authorizeOrder, captureOrder, createOrder, patchOrder } from './orderCalls.js';
import { captureAuthorization, reauthorize, refundCapture, voidAuthorization } from './paymentCalls.js';
import { listDisputes, searchTransactions, verifyWebhookSignature } from './reportCalls.js';

export interface PaypalRoute {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Fastify's notation below the base path; the only parameter is `:id`. */
  readonly path: string;
  readonly handle: (call: PaypalCall) => PaypalAnswer;
}

/** All of PayPal's API that the stand-in has, beside the token, the certificates and the approval page. */
export const paypalRoutes = (webhookId: string): readonly PaypalRoute[] => [
  { method: 'POST', path: '/v2/checkout/orders', handle: createOrder },
  { method: 'GET', path: '/v2/checkout/orders/:id', handle: showOf('paypal_order') },
  { method: 'PATCH', path: '/v2/checkout/orders/:id', handle: patchOrder },
  { method: 'POST', path: '/v2/checkout/orders/:id/capture', handle: captureOrder },
  { method: 'POST', path: '/v2/checkout/orders/:id/authorize', handle: authorizeOrder },

  { method: 'GET', path: '/v2/payments/authorizations/:id', handle: showOf('paypal_authorization') },
  { method: 'POST', path: '/v2/payments/authorizations/:id/capture', handle: captureAuthorization },
  { method: 'POST', path: '/v2/payments/authorizations/:id/void', handle: voidAuthorization },
  { method: 'POST', path: '/v2/payments/authorizations/:id/reauthorize', handle: reauthorize },

  { method: 'GET', path: '/v2/payments/captures/:id', handle: showOf('paypal_capture') },
  { method: 'POST', path: '/v2/payments/captures/:id/refund', handle: refundCapture },
  { method: 'GET', path: '/v2/payments/refunds/:id', handle: showOf('paypal_refund') },

  { method: 'GET', path: '/v1/customer/disputes', handle: listDisputes },
  { method: 'GET', path: '/v1/customer/disputes/:id', handle: showOf('paypal_dispute') },
  { method: 'GET', path: '/v1/reporting/transactions', handle: searchTransactions },
  { method: 'POST', path: '/v1/notifications/verify-webhook-signature', handle: verifyWebhookSignature(webhookId) },
];
