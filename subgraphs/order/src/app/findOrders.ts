import { ClientError, type ClientInfo, MAX_PAGE_SIZE, type Viewer } from '@souk/runtime';
import type { OrderView } from '../domain/order.js';
import type { GuestLookup, OrderFilter, OrderList, OrderPage, OrderParts, OrderStore } from './ports.js';
import { viewerMaySee } from './viewerMaySee.js';

/** The orders of these ids that the viewer may see, in the order of the ids; one statement. */
export const findOrders =
  (deps: { orders: Pick<OrderStore, 'byIds'> }) =>
  async (viewer: Viewer, ids: readonly string[], parts: OrderParts): Promise<(OrderView | undefined)[]> => {
    const orders = await deps.orders.byIds(ids, parts);
    return orders.map((order) => (order !== undefined && viewerMaySee(viewer, order) ? order : undefined));
  };

/** A guest's order by number and e-mail address. Throws RATE_LIMITED after too many tries. Never finds a user's order: users sign in. */
export const findGuestOrder =
  (deps: { lookup: GuestLookup }) =>
  async (client: ClientInfo, number: string, email: string, parts: OrderParts): Promise<OrderView | undefined> => {
    const request = {
      number: number.trim().toUpperCase().slice(0, 40),
      email: email.trim().toLowerCase().slice(0, 320),
      client: client.ip ?? null,
      parts,
    };
    const found = await deps.lookup.find(request);
    if (found.kind === 'TOO_MANY') {
      throw new ClientError('RATE_LIMITED', 'Too many look-ups. Try again in a quarter of an hour.');
    }
    return found.kind === 'FOUND' ? found.order : undefined;
  };

/** A page of all orders for the staff, newest first. */
export const listOrders =
  (deps: { list: OrderList; orders: Pick<OrderStore, 'byIds'> }) =>
  async (request: {
    filter: OrderFilter;
    first: number;
    after: { placedAt: string; id: string } | null;
    totalCount: boolean;
    parts: OrderParts;
  }): Promise<OrderPage> => {
    const page = await deps.list.page({ ...request, first: pageSize(request.first) });
    const orders = page.ids.length === 0 ? [] : await deps.orders.byIds(page.ids, request.parts);
    return {
      orders: orders.filter((order) => order !== undefined),
      hasNextPage: page.hasNextPage,
      totalCount: page.totalCount,
    };
  };

/** `first` within 1 to MAX_PAGE_SIZE; throws BAD_USER_INPUT below. */
export function pageSize(first: number): number {
  if (first < 1) throw new ClientError('BAD_USER_INPUT', '`first` must be at least 1.');
  return Math.min(first, MAX_PAGE_SIZE);
}
