import { hasScope, type Viewer } from '@souk/runtime';

/**
 * Whether this viewer may see an order: a guest's order is shown to whoever knows its unguessable id, a user's to that
 * user, to staff with orders:read and to services.
 */
export function viewerMaySee(viewer: Viewer, order: { readonly customerId: string | null }): boolean {
  if (order.customerId === null) return true;
  if (viewer.kind === 'user' && viewer.userId === order.customerId) return true;
  return viewer.kind === 'service' || hasScope(viewer, 'orders:read');
}

/** Whether the viewer acts as the shop's staff on orders. */
export function isOrderStaff(viewer: Viewer): boolean {
  return hasScope(viewer, 'orders:read') || hasScope(viewer, 'orders:write');
}

/** As whom the viewer changes an order: staff with orders:write, its customer (a guest by its unguessable id), or not at all. */
export function actingOn(viewer: Viewer, order: { readonly customerId: string | null }): 'customer' | 'staff' | null {
  if (hasScope(viewer, 'orders:write')) return 'staff';
  if (order.customerId === null) return viewer.kind === 'service' ? null : 'customer';
  return viewer.kind === 'user' && viewer.userId === order.customerId ? 'customer' : null;
}
