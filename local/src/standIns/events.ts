import type { Letter } from './core/webhookPost.js';
import type { Store } from './openStore.js';
import type { PaypalEventRecord } from './paypal/records.js';
import { writePaypalWebhook } from './paypal/writePaypalWebhook.js';
import type { EventRecord } from './stripe/records.js';
import { writeWebhook } from './stripe/writeWebhook.js';

/** An event of either payment provider. */
export type AnyEvent = EventRecord | PaypalEventRecord;

export const isPaypal = (event: AnyEvent): event is PaypalEventRecord => 'provider' in event;

/** When it happened, in milliseconds. */
export const timeOf = (event: AnyEvent): number =>
  isPaypal(event) ? Date.parse(event.createdAt) : event.created * 1_000;

/** Where each provider tells its events, and with what they are signed. */
export interface Endpoints {
  readonly stripe: { readonly url: string; readonly secret: string };
  readonly paypal?: { readonly url: string; readonly webhookId: string; readonly certUrl: () => string } | undefined;
}

/** The signed request that tells the shop about an event. */
export function writeLetter(event: AnyEvent, endpoints: Endpoints, at: Date): Letter {
  if (!isPaypal(event)) return writeWebhook(event, endpoints.stripe, at);
  if (endpoints.paypal === undefined) throw new Error('there are events of PayPal, but no webhook endpoint for it');
  return writePaypalWebhook(event, endpoints.paypal, at);
}

/** Committed events whose webhook was never answered with 2xx, oldest first. */
export function undelivered(store: Store, paypal: boolean): AnyEvent[] {
  const events: AnyEvent[] = [...store.list('event'), ...(paypal ? store.list('paypal_event') : [])];
  return events
    .filter((event) => event.wanted && store.get('delivered', event.id) === undefined)
    .sort((a, b) => timeOf(a) - timeOf(b));
}
