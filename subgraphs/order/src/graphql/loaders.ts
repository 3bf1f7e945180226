import type { Viewer } from '@souk/runtime';
import DataLoader from 'dataloader';
import type { App } from '../app/index.js';
import type { CustomerOrdersRequest, OrderPage, OrderParts } from '../app/ports.js';
import type { OrderEdit } from '../domain/edit.js';
import type { OrderView } from '../domain/order.js';

export interface Loaders {
  /** Orders that the viewer may see, with these parts; one statement per request and combination of parts. */
  order(parts: OrderParts): DataLoader<string, OrderView | undefined>;
  /** Pages of users' orders with the same arguments; one statement for all users of a list. */
  ofCustomer(request: CustomerOrdersRequest): DataLoader<string, OrderPage>;
  /** The edits of orders that the viewer was shown. */
  readonly edits: DataLoader<string, readonly OrderEdit[]>;
}

/** Loaders of one request. */
export function createLoaders(app: App, viewer: Viewer): Loaders {
  const orders = new Map<string, DataLoader<string, OrderView | undefined>>();
  const pages = new Map<string, DataLoader<string, OrderPage>>();
  return {
    edits: new DataLoader((orderIds) => app.editsOfOrders(orderIds)),
    order(parts) {
      const key = `${parts.lines}:${parts.timeline}:${parts.parcels === true}`;
      let loader = orders.get(key);
      if (loader === undefined) {
        loader = new DataLoader((ids) => app.findOrders(viewer, ids, parts));
        orders.set(key, loader);
      }
      return loader;
    },
    ofCustomer(request) {
      const key = JSON.stringify(request);
      let loader = pages.get(key);
      if (loader === undefined) {
        loader = new DataLoader((customerIds) => app.ordersOfCustomers(customerIds, request));
        pages.set(key, loader);
      }
      return loader;
    },
  };
}
