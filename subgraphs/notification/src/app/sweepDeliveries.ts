import { newContext, runInContext } from '@souk/runtime';
import type { ClaimedDelivery, DeliveryStore } from './ports.js';
import { LEASE_MS } from './sendDeliveries.js';

export interface SweepDeliveriesDeps {
  readonly store: Pick<DeliveryStore, 'claimDue'>;
  readonly send: (deliveries: readonly ClaimedDelivery[]) => Promise<void>;
  readonly batchSize: number;
}

/**
 * Attempts what is due: failed before, requeued by staff, or left behind by a process that died. Answers true when the batch was full,
 * so that there may be more. Each event's deliveries are attempted in the trace of the event.
 */
export const sweepDeliveries =
  ({ store, send, batchSize }: SweepDeliveriesDeps) =>
  async (): Promise<boolean> => {
    const due = await store.claimDue(batchSize, LEASE_MS);
    const byEvent = new Map<string, ClaimedDelivery[]>();
    for (const delivery of due) {
      const group = byEvent.get(delivery.eventId);
      if (group) group.push(delivery);
      else byEvent.set(delivery.eventId, [delivery]);
    }
    await Promise.all(
      [...byEvent].map(([eventId, deliveries]) => {
        const { traceparent = '', correlationId = '' } = deliveries[0] ?? {};
        const context = newContext('job', {
          traceparent,
          correlationId,
          causationId: eventId,
          actor: 'service:notification',
        });
        return runInContext(context, () => send(deliveries));
      }),
    );
    return due.length === batchSize;
  };
