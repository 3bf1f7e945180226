import type { DeliveryStore } from './ports.js';

/** Queues a notification anew; the worker sends it within seconds. Its content is made from today's data. */
export const resendNotification =
  ({ store }: { store: Pick<DeliveryStore, 'requeue'> }) =>
  (id: string): Promise<'queued' | 'not-found' | 'still-queued'> =>
    store.requeue(id);
