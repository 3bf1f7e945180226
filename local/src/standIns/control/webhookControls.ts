import type { FastifyInstance } from 'fastify';
import type { WebhookCourier } from '../core/webhookCourier.js';
import { type AnyEvent, isPaypal, timeOf } from '../events.js';
import type { Store } from '../openStore.js';
import { paypalEventBody } from '../paypal/writePaypalWebhook.js';
import { renderEvent } from '../stripe/renderEvent.js';
import { ControlFailure } from './controlFailure.js';
import type { ControlOptions } from './controlOptions.js';
import { readFields } from './readBody.js';

/**
 * GET and PUT /control/webhooks: how deliveries misbehave. GET /control/events?type=&about=&state=&limit=, GET
 * /control/events/:id, POST /control/events/:id/deliver {times}.
 */
export function webhookControls(app: FastifyInstance, options: ControlOptions): void {
  const { store, courier } = options;
  app.get('/control/webhooks', () => ({ ...courier.mode(), pending: courier.pending }));

  app.put('/control/webhooks', (request) => {
    const fields = readFields(request.body, ['paused', 'delayMs', 'duplicates', 'reorderWindowMs']);
    const mode = courier.mode();
    courier.setMode({
      paused: fields.flag('paused') ?? mode.paused,
      delayMs: fields.integer('delayMs', { min: 0, max: 600_000 }) ?? mode.delayMs,
      duplicates: fields.integer('duplicates', { min: 0, max: 20 }) ?? mode.duplicates,
      reorderWindowMs: fields.integer('reorderWindowMs', { min: 0, max: 60_000 }) ?? mode.reorderWindowMs,
    });
    return { ...courier.mode(), pending: courier.pending };
  });

  app.get('/control/events', (request) => {
    const fields = readFields(request.query, ['type', 'about', 'state', 'limit']);
    const type = fields.text('type');
    const about = fields.text('about');
    const state = fields.oneOf('state', ['pending', 'delivered', 'unwanted']);
    const limit = fields.integer('limit', { min: 1, max: 5_000 }) ?? 100;
    const matching = [...store.list('event'), ...store.list('paypal_event')]
      .filter(
        (event) =>
          (type === undefined || event.type === type) &&
          (about === undefined || isAbout(event, about)) &&
          (state === undefined || stateOf(store, event) === state),
      )
      .sort((a, b) => timeOf(b) - timeOf(a));
    return { total: matching.length, events: matching.slice(0, limit).map((event) => view(store, courier, event)) };
  });

  app.get('/control/events/:id', (request) => {
    const event = find(store, request.params);
    const pending = stateOf(store, event) === 'pending';
    return {
      ...view(store, courier, event),
      body: isPaypal(event) ? paypalEventBody(event) : renderEvent(event, pending),
    };
  });

  app.post('/control/events/:id/deliver', (request, reply) => {
    const event = find(store, request.params);
    const times = readFields(request.body, ['times']).integer('times', { min: 1, max: 100 }) ?? 1;
    for (let time = 0; time < times; time += 1) courier.deliverAgain(event);
    reply.code(202);
    return view(store, courier, event);
  });
}

function find(store: Store, params: unknown): AnyEvent {
  const { id } = params as { id: string };
  const event = store.get('event', id) ?? store.get('paypal_event', id);
  if (event === undefined) throw new ControlFailure(404, `There is no event ${id}.`);
  return event;
}

function stateOf(store: Store, event: AnyEvent): 'pending' | 'delivered' | 'unwanted' {
  if (store.get('delivered', event.id) !== undefined) return 'delivered';
  return event.wanted ? 'pending' : 'unwanted';
}

/** The object itself, or the payment that it belongs to. */
function isAbout(event: AnyEvent, id: string): boolean {
  if (isPaypal(event)) return event.about.id === id || event.about.order === id;
  const { record } = event.about;
  return record.id === id || ('paymentIntent' in record && record.paymentIntent === id);
}

function view(store: Store, courier: WebhookCourier<AnyEvent>, event: AnyEvent): object {
  return {
    id: event.id,
    type: event.type,
    created: Math.floor(timeOf(event) / 1_000),
    about: aboutOf(event),
    state: stateOf(store, event),
    deliveredAt: store.get('delivered', event.id)?.at ?? null,
    attempts: courier.attempts(event.id),
  };
}

function aboutOf(event: AnyEvent): object {
  if (isPaypal(event)) return { kind: event.resourceType, id: event.about.id, paypalOrder: event.about.order };
  const { record, kind } = event.about;
  return { kind, id: record.id, paymentIntent: 'paymentIntent' in record ? record.paymentIntent : null };
}
