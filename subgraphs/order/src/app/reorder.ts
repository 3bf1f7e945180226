import { ServiceUnavailable, type Viewer } from '@souk/runtime';
import type { OrderLine } from '../domain/order.js';
import type { Refusal } from '../domain/refusal.js';
import type { RefillPort } from './editPorts.js';
import type { OrderStore } from './ports.js';
import { viewerMaySee } from './viewerMaySee.js';

export type ReorderResult =
  | {
      readonly ok: true;
      /** Null when nothing of it can be bought any more. */
      readonly cartId: string | null;
      readonly currencyCode: string;
      readonly skipped: readonly OrderLine[];
      readonly reduced: readonly OrderLine[];
    }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/**
 * Puts what an order had into a new cart of the viewer, at the prices of today. What cannot be bought any more is named; lines that
 * were cancelled are left out. Each call makes a cart: nothing is ordered or reserved.
 */
export const reorder =
  (deps: { orders: Pick<OrderStore, 'byIds'>; refills: RefillPort }) =>
  async (viewer: Viewer, orderId: string): Promise<ReorderResult> => {
    const [order] = await deps.orders.byIds([orderId], { lines: true, timeline: false });
    if (order === undefined || viewer.kind !== 'user' || !viewerMaySee(viewer, order)) {
      return { ok: false, errors: [{ code: 'NOT_FOUND', message: 'There is no such order.', field: ['id'] }] };
    }
    const lines = (order.lines ?? []).filter((line) => line.quantity > 0);
    const { currencyCode } = order;
    try {
      const answer = await deps.refills.refill({
        customerId: viewer.userId,
        currencyCode,
        countryCode: order.shippingAddress.countryCode,
        email: order.email,
        lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
      });
      if (answer.kind === 'REFUSED') return { ok: false, errors: [answer.refusal] };
      const named = (ids: readonly string[]) => lines.filter((line) => ids.includes(line.variantId));
      const { cartId, skipped, reduced } = answer;
      return { ok: true, cartId, currencyCode, skipped: named(skipped), reduced: named(reduced) };
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      const message = 'No cart could be made right now. Try again in a moment.';
      return { ok: false, errors: [{ code: 'DEPENDENCY_UNAVAILABLE', message }] };
    }
  };
