import type { FastifyInstance } from 'fastify';
import { money } from '../paypal/amounts.js';
import { approve } from '../paypal/approve.js';
import { find, type PaypalAnswer, type PaypalCall } from '../paypal/call.js';
import { closeDispute, makeRefund, openDispute, settleCapture } from '../paypal/movements.js';
import { captureAuthorization, voidAuthorization } from '../paypal/paymentCalls.js';
import type { PaypalEffects } from '../paypal/paypalEngine.js';
import { render } from '../paypal/render.js';
import { PAYPAL_BASE } from '../paypal/servePaypal.js';
import type { ControlOptions } from './controlOptions.js';
import { readFields } from './readBody.js';
import { readSince } from './readSince.js';

const AMOUNT = { min: 1, max: 99_999_999 };

/**
 * What happens to PayPal's payments without a call of the shop's server: the payer approves, an echeck arrives, staff refund
 * or void at PayPal, a payer disputes. Refusals are answered with PayPal's own bodies and statuses. Amounts are in the
 * currency's smallest unit at PayPal.
 */
export function paypalControls(app: FastifyInstance, options: ControlOptions): void {
  const { store, paypal } = options;
  const base = (): string => `${options.origin()}${PAYPAL_BASE}`;
  const now = (): string => new Date().toISOString();
  const orderView = (id: string): object => render('paypal_order', id, store, base());
  const commit = (effects: PaypalEffects, order: string): object => {
    paypal.commit(effects);
    return orderView(order);
  };
  const call = (id: string, amount: number | undefined, currency: string): PaypalCall => ({
    body: amount === undefined ? {} : { amount: money(amount, currency), final_capture: false },
    query: {},
    id,
    now: now(),
    base: base(),
    takeDecline: () => false,
    store,
  });

  app.get('/control/paypal/orders', (request) => {
    const fields = readFields(request.query, ['status', 'since', 'invoiceId', 'customId', 'limit']);
    const [status, invoiceId, customId] = [fields.text('status'), fields.text('invoiceId'), fields.text('customId')];
    const since = readSince(fields);
    const matching = store
      .list('paypal_order')
      .filter(
        (order) =>
          (status === undefined || order.status === status) &&
          (invoiceId === undefined || order.invoiceId === invoiceId) &&
          (customId === undefined || order.customId === customId) &&
          order.createdAt >= since,
      );
    const limit = fields.integer('limit', { min: 1, max: 5_000 }) ?? 50;
    return { total: matching.length, orders: matching.slice(0, limit).map((order) => orderView(order.id)) };
  });

  app.get('/control/paypal/orders/:id', (request) => {
    const order = find({ store, id: idOf(request.params) }, 'paypal_order');
    const disputes = store.list('paypal_dispute').filter((dispute) => dispute.order === order.id);
    return {
      order: orderView(order.id),
      disputes: disputes.map((dispute) => render('paypal_dispute', dispute.id, store, base())),
    };
  });

  app.post('/control/paypal/orders/:id/approve', (request) => {
    const funding = readFields(request.body, ['funding']).oneOf('funding', ['balance', 'echeck', 'declined']);
    const order = find({ store, id: idOf(request.params) }, 'paypal_order');
    return commit(approve(order, funding ?? 'balance', now()), order.id);
  });

  app.post('/control/paypal/captures/:id/settle', (request) => {
    const outcome = readFields(request.body, ['outcome']).oneOf('outcome', ['succeed', 'fail']) ?? 'succeed';
    const capture = find({ store, id: idOf(request.params) }, 'paypal_capture');
    return commit(settleCapture(capture, outcome === 'succeed', now()), capture.order);
  });

  app.post('/control/paypal/captures/:id/refund', (request) => {
    const amount = readFields(request.body, ['amount']).integer('amount', AMOUNT) ?? null;
    const capture = find({ store, id: idOf(request.params) }, 'paypal_capture');
    return commit(makeRefund(capture, { amount, now: now() }), capture.order);
  });

  app.post('/control/paypal/captures/:id/dispute', (request) => {
    const fields = readFields(request.body, ['amount', 'reason']);
    const capture = find({ store, id: idOf(request.params) }, 'paypal_capture');
    const amount = fields.integer('amount', AMOUNT) ?? capture.amount;
    const reason = fields.text('reason') ?? 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED';
    const { dispute, ...effects } = openDispute(capture, { amount, reason, now: now() });
    paypal.commit(effects);
    return render('paypal_dispute', dispute.id, store, base());
  });

  app.post('/control/paypal/disputes/:id/close', (request) => {
    const outcome = readFields(request.body, ['outcome']).oneOf('outcome', ['won', 'lost']) ?? 'lost';
    const dispute = find({ store, id: idOf(request.params) }, 'paypal_dispute');
    paypal.commit(closeDispute(dispute, outcome === 'won', now()));
    return render('paypal_dispute', dispute.id, store, base());
  });

  for (const [name, handle] of [
    ['capture', captureAuthorization],
    ['void', voidAuthorization],
  ] as readonly (readonly [string, (call: PaypalCall) => PaypalAnswer])[]) {
    app.post(`/control/paypal/authorizations/:id/${name}`, (request) => {
      const amount = readFields(request.body, ['amount']).integer('amount', AMOUNT);
      const authorization = find({ store, id: idOf(request.params) }, 'paypal_authorization');
      return commit(handle(call(authorization.id, amount, authorization.currency)), authorization.order);
    });
  }
}

const idOf = (params: unknown): string => (params as { id: string }).id;
