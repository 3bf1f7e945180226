import type { EventEnvelope } from '@souk/events';
import { failpoint, newId } from '@souk/runtime';
import type { TemplateName, TemplateParams } from '../domain/notification.js';
import { channelsOf } from '../domain/templates/index.js';
import type { ClaimedDelivery, DeliveryStore, NewDeliveries } from './ports.js';
import { LEASE_MS } from './sendDeliveries.js';

export interface NotifyDeps {
  readonly store: Pick<DeliveryStore, 'record'>;
  readonly send: (deliveries: readonly ClaimedDelivery[]) => Promise<void>;
}

export interface Notify {
  readonly event: EventEnvelope;
  readonly template: TemplateName;
  readonly orderId?: string;
  readonly userId?: string;
  readonly params?: TemplateParams;
}

/**
 * Tells a customer about an event. Once this returns, it is recorded that he must be told, once per channel, and a first attempt was
 * made; its failure is not an error, the sweeper goes on with it. The same event again records and sends nothing.
 */
export const notify =
  ({ store, send }: NotifyDeps) =>
  async ({ event, template, orderId, userId, params }: Notify): Promise<void> => {
    const told: NewDeliveries = {
      event,
      template,
      orderId: orderId ?? null,
      userId: userId ?? customerOf(event),
      params: params ?? {},
      deliveries: channelsOf[template].map((channel) => ({ id: newId('ntf'), channel })),
    };
    const claimed = await store.record([told], LEASE_MS);
    await failpoint('notification.delivery.afterRecord');
    if (claimed.length > 0) await send(claimed);
  };

/** Whom an event about an order concerns; null for a guest's, and for events that do not say. */
function customerOf({ data }: EventEnvelope): string | null {
  const { customerId } = data as { readonly customerId?: string | null };
  return customerId ?? null;
}
