import type { Letter } from '../core/webhookPost.js';
import type { EventRecord } from './records.js';
import { renderEvent } from './renderEvent.js';
import { signWebhook } from './signWebhook.js';

/** The signed request that tells the shop about an event of Stripe's. */
export function writeWebhook(event: EventRecord, endpoint: { url: string; secret: string }, at: Date): Letter {
  const body = JSON.stringify(renderEvent(event, true));
  return {
    url: endpoint.url,
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signWebhook(body, endpoint.secret, Math.floor(at.getTime() / 1000)),
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
  };
}
