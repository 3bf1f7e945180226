import type { FastifyInstance } from 'fastify';
import { CALM } from '../core/webhookCourier.js';
import type { Section } from '../openStore.js';
import { PaypalFailure } from '../paypal/failure.js';
import { StripeFailure } from '../stripe/failure.js';
import { ControlFailure } from './controlFailure.js';
import type { ControlOptions } from './controlOptions.js';
import { faultControls } from './faultControls.js';
import { mailControls } from './mailControls.js';
import { messageControls } from './messageControls.js';
import { paymentControls } from './paymentControls.js';
import { paypalControls } from './paypalControls.js';
import { readFields } from './readBody.js';
import { webhookControls } from './webhookControls.js';

const SECTIONS: readonly Section[] = ['payments', 'mail', 'messages'];

/** The stand-ins' own API under /control: what tests and the page use, and no provider has. */
export function serveControl(app: FastifyInstance, options: ControlOptions): void {
  const { store, courier, faults, requests, feed } = options;
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof StripeFailure) return reply.code(error.status).send({ error: error.body });
    if (error instanceof PaypalFailure) return reply.code(error.status).send({ error: error.body });
    const status = error instanceof ControlFailure ? error.status : (error.statusCode ?? 500);
    return reply.code(status).send({ error: { message: error.message } });
  });

  app.get('/control/state', () => ({
    payments: store.count('payment_intent'),
    paypalOrders: store.count('paypal_order'),
    mails: store.count('mail'),
    messages: store.count('message'),
    events: store.count('event') + store.count('paypal_event'),
    webhooksPending: courier.pending,
    requests: requests.total,
    webhooks: courier.mode(),
    faults: faults.list(),
  }));

  app.get('/control/requests', (request) => {
    const fields = readFields(request.query, ['limit', 'provider']);
    const limit = fields.integer('limit', { min: 1, max: 1_000 }) ?? 100;
    const provider = fields.oneOf('provider', ['stripe', 'paypal', 'sendgrid', 'twilio']);
    const all = requests.list(1_000).filter((it) => provider === undefined || it.provider === provider);
    return { requests: all.slice(0, limit) };
  });

  app.post('/control/reset', (request) => {
    const fields = readFields(request.body, ['only']);
    const only = fields.texts('only');
    const sections = SECTIONS.filter((section) => only === undefined || only.includes(section));
    if (only !== undefined && sections.length !== only.length) {
      throw new ControlFailure(400, `only may hold: ${SECTIONS.join(', ')}.`);
    }
    if (sections.includes('payments')) {
      courier.clear();
      courier.setMode(CALM);
    }
    if (only === undefined) {
      faults.clear();
      requests.clear();
    }
    store.reset(sections);
    return { reset: sections };
  });

  app.get('/control/changes', (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    reply.raw.write('retry: 1000\n\ndata: connected\n\n');
    const unsubscribe = feed.subscribe(() => reply.raw.write('data: changed\n\n'));
    request.raw.on('close', unsubscribe);
  });

  faultControls(app, faults);
  mailControls(app, store);
  messageControls(app, store);
  paymentControls(app, options);
  paypalControls(app, options);
  webhookControls(app, options);
}
