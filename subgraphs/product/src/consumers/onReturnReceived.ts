import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Puts accepted goods back on the shelf, and sells what is delivered in exchange. */
export const onReturnReceived =
  (app: App): NonNullable<EventHandlers['return.received']> =>
  (event) => {
    const { returnId, orderId, restock, stockIds } = event.data;
    return app.returnStock({ key: returnId, orderId, sold: stockIds, restock }, event);
  };
