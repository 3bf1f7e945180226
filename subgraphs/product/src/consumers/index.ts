import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';
import { onOrderEdited } from './onOrderEdited.js';
import { onReturnReceived } from './onReturnReceived.js';
import { stockIdsOf } from './stockIdsOf.js';

/** Every event that this service consumes: each is one statement in which the inbox row and the effect go together. */
export function consumers(app: App): EventHandlers {
  return {
    'order.confirmed': async (event) => void (await app.commitStock(stockIdsOf(event.data), { event })),
    'order.expired': async (event) => void (await app.releaseStock({ stockIds: stockIdsOf(event.data), event })),
    'order.cancelled': async (event) => void (await app.cancelStock(stockIdsOf(event.data), event)),
    'order.edited': onOrderEdited(app),
    'return.received': onReturnReceived(app),
    'order.edit_lapsed': async (event) => void (await app.cancelStock([event.data.editId], event)),
  };
}
