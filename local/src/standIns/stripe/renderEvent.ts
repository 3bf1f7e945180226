import type { EventRecord } from './records.js';
import { API_VERSION, render } from './render.js';

/** An event in the shape of Stripe's API, as it is listed and as it is the body of a webhook. */
export function renderEvent(event: EventRecord, pending: boolean): Record<string, unknown> {
  return {
    id: event.id,
    object: 'event',
    api_version: API_VERSION,
    created: event.created,
    data: {
      object: render(event.about),
      ...(event.previous === null ? {} : { previous_attributes: event.previous }),
    },
    livemode: false,
    pending_webhooks: pending && event.wanted ? 1 : 0,
    request: { id: event.requestId, idempotency_key: event.idempotencyKey },
    type: event.type,
  };
}
