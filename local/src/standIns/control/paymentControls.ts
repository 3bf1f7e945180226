import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Form } from '../core/form.js';
import { authenticateIntent } from '../stripe/authenticateIntent.js';
import { find, type StripeAnswer, type StripeCall } from '../stripe/call.js';
import { closeDispute, openDispute } from '../stripe/disputes.js';
import type { Effects } from '../stripe/effects.js';
import { cancelIntent, captureIntent, confirmIntent } from '../stripe/intentCalls.js';
import { unexpectedState } from '../stripe/intentState.js';
import { settleProcessing } from '../stripe/payIntent.js';
import type { PaymentIntentRecord } from '../stripe/records.js';
import { createRefund, failRefund } from '../stripe/refunds.js';
import { paymentIntent, render } from '../stripe/render.js';
import { ControlFailure } from './controlFailure.js';
import type { ControlOptions } from './controlOptions.js';
import { viewPayments } from './paymentViews.js';
import { readFields } from './readBody.js';

const AMOUNT = { min: 1, max: 99_999_999 };

/**
 * What happens to payments without a call of the shop's server: the shopper pays or authenticates, the bank settles or
 * disputes, staff refund in Stripe's dashboard. Refusals are answered with Stripe's own bodies and statuses.
 */
export function paymentControls(app: FastifyInstance, options: ControlOptions): void {
  const { store, engine } = options;
  const now = (): number => Math.floor(Date.now() / 1000);

  const call = (id: string, params: Form): StripeCall => ({
    params,
    path: `/v1/payment_intents/${id}`,
    id,
    publishable: false,
    now: now(),
    origin: options.origin(),
    takeDecline: () => options.faults.takeDecline('stripe', `/v1/payment_intents/${id}/confirm`) ?? null,
    store,
  });
  const commit = (effects: Effects): void =>
    engine.commit(effects, { now: now(), requestId: null, idempotencyKey: null });
  const perform = (answer: StripeAnswer, reply: FastifyReply): object => {
    commit(answer);
    if (answer.refusal === undefined) return answer.body;
    reply.code(402);
    return { error: answer.refusal };
  };
  const intentOf = (params: unknown): PaymentIntentRecord => find({ store }, 'payment_intent', idOf(params), 'intent');

  app.get('/control/payment_intents', (request) => {
    const fields = readFields(request.query, ['status', 'since', 'limit', 'metadata.']);
    return viewPayments(store, fields);
  });

  app.get('/control/payment_intents/:id', (request) => {
    const intent = intentOf(request.params);
    return viewPayments(store, readFields({}, []), intent).payments[0];
  });

  app.post('/control/payment_intents/:id/pay', (request, reply) => {
    const fields = readFields(request.body, ['payment_method', 'return_url']);
    const saved = intentOf(request.params).paymentMethod;
    const method = fields.text('payment_method') ?? saved ?? 'pm_card_visa';
    const returnUrl = fields.text('return_url');
    return perform(
      confirmIntent(
        call(idOf(request.params), {
          payment_method: method,
          use_stripe_sdk: 'true',
          ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
        }),
      ),
      reply,
    );
  });

  app.post('/control/payment_intents/:id/authenticate', (request, reply) => {
    const outcome = readFields(request.body, ['outcome']).oneOf('outcome', ['succeed', 'fail']) ?? 'succeed';
    const done = authenticateIntent(store, intentOf(request.params), outcome, now());
    return perform({ ...done, body: paymentIntent(done.intent) }, reply);
  });

  app.post('/control/payment_intents/:id/settle', (request, reply) => {
    const outcome = readFields(request.body, ['outcome']).oneOf('outcome', ['succeed', 'fail']) ?? 'succeed';
    const intent = intentOf(request.params);
    if (intent.status !== 'processing')
      throw unexpectedState(intent, `This PaymentIntent is ${intent.status}, not processing.`);
    const charge = find({ store }, 'charge', intent.latestCharge ?? '');
    const method = find({ store }, 'payment_method', charge.paymentMethod);
    const done = settleProcessing(intent, charge, method, outcome === 'succeed', now());
    commit({ objects: done.objects, events: done.events });
    reply.code(200);
    return paymentIntent(done.intent);
  });

  app.post('/control/payment_intents/:id/capture', (request, reply) => {
    const amount = readFields(request.body, ['amount']).integer('amount', AMOUNT);
    return perform(
      captureIntent(call(idOf(request.params), amount === undefined ? {} : { amount_to_capture: String(amount) })),
      reply,
    );
  });

  app.post('/control/payment_intents/:id/cancel', (request, reply) => {
    const reason = readFields(request.body, ['reason']).text('reason');
    return perform(
      cancelIntent(call(idOf(request.params), reason === undefined ? {} : { cancellation_reason: reason })),
      reply,
    );
  });

  app.post('/control/payment_intents/:id/refund', (request) => {
    const fields = readFields(request.body, ['amount', 'reason']);
    const intent = intentOf(request.params);
    if (intent.latestCharge === null) throw new ControlFailure(400, `${intent.id} has not been paid.`);
    const made = createRefund(find({ store }, 'charge', intent.latestCharge), {
      amount: fields.integer('amount', AMOUNT),
      reason: fields.oneOf('reason', ['duplicate', 'fraudulent', 'requested_by_customer']) ?? null,
      metadata: {},
      now: now(),
    });
    commit(made);
    return render({ kind: 'refund', record: made.refund });
  });

  app.post('/control/payment_intents/:id/dispute', (request) => {
    const fields = readFields(request.body, ['amount', 'reason']);
    const intent = intentOf(request.params);
    if (intent.latestCharge === null) throw new ControlFailure(400, `${intent.id} has not been paid.`);
    const charge = find({ store }, 'charge', intent.latestCharge);
    const made = openDispute(charge, {
      amount: fields.integer('amount', AMOUNT) ?? charge.amountCaptured,
      reason: fields.text('reason') ?? 'fraudulent',
      now: now(),
    });
    commit(made);
    return render({ kind: 'dispute', record: made.dispute });
  });

  app.post('/control/disputes/:id/close', (request) => {
    const outcome = readFields(request.body, ['outcome']).oneOf('outcome', ['won', 'lost']) ?? 'lost';
    const made = closeDispute(find({ store }, 'dispute', idOf(request.params)), outcome, now());
    commit(made);
    return render({ kind: 'dispute', record: made.dispute });
  });

  app.post('/control/refunds/:id/fail', (request) => {
    const refund = find({ store }, 'refund', idOf(request.params));
    const made = failRefund(refund, find({ store }, 'charge', refund.charge), now());
    commit(made);
    return render({ kind: 'refund', record: made.refund });
  });
}

const idOf = (params: unknown): string => (params as { id: string }).id;
