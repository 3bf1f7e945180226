import DataLoader from 'dataloader';
import type { App } from '../app/index.js';
import type { NotificationView } from '../app/ports.js';

export interface Loaders {
  /** The notifications of an order; one statement for all orders of a request. */
  readonly notifications: DataLoader<string, NotificationView[]>;
}

/** Loaders of one request. */
export const createLoaders = (app: App): Loaders => ({
  notifications: new DataLoader(async (orderIds) => {
    const byOrder = new Map<string, NotificationView[]>(orderIds.map((id) => [id, []]));
    for (const view of await app.notificationsOfOrders(orderIds)) byOrder.get(view.orderId ?? '')?.push(view);
    return orderIds.map((id) => byOrder.get(id) ?? []);
  }),
});
