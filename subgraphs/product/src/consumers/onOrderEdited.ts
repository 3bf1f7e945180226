import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';
import { stockIdsOf } from './stockIdsOf.js';

/** Sells what a paid edit added, and takes back what an edit removed. */
export const onOrderEdited =
  (app: App): NonNullable<EventHandlers['order.edited']> =>
  (event) => {
    const { editId, removed, soldStockIds } = event.data;
    return app.editStock({ key: editId, stockIds: stockIdsOf(event.data), sold: soldStockIds, removed }, event);
  };
