import type { Fulfillment } from '../domain/fulfillment.js';
import { refuse, type WholeOrder } from '../domain/wholeOrder.js';
import { type ChangeWholeDeps, changeWhole, type Decision, nothing, type WholeResult } from './changeWhole.js';

/** As `changeWhole`, for the order of one parcel. */
export const changeParcel =
  (deps: ChangeWholeDeps) =>
  (id: string, decide: (order: WholeOrder, parcel: Fulfillment) => Decision): Promise<WholeResult> =>
    changeWhole(deps)({ kind: 'fulfillment', id }, (order) => {
      const parcel = order.fulfillments.find((one) => one.id === id);
      if (parcel === undefined) return { step: refuse('NOT_FOUND', 'There is no such parcel.'), tell: nothing };
      return decide(order, parcel);
    });
