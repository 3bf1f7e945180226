import type { EventEnvelope } from '@souk/events';
import type { Deliveries } from '@souk/outbox';
import type { DeliveryStore } from './ports.js';
import { resendNotification } from './resendNotification.js';
import { retryJob } from './retryJob.js';

/** What the GraphQL side of the notification service can do. The sending is the worker's: workerApp.ts. */
export function createApp(deps: {
  store: DeliveryStore;
  jobs: Deliveries;
  publish: (events: readonly EventEnvelope[]) => Promise<void>;
}) {
  return {
    notificationsOfOrders: deps.store.ofOrders,
    resendNotification: resendNotification(deps),
    listJobs: deps.jobs.list,
    retryJob: retryJob(deps),
    readLag: deps.jobs.lag,
  };
}

export type App = ReturnType<typeof createApp>;
