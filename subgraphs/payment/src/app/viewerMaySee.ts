import { hasScope, type Viewer } from '@souk/runtime';

/**
 * Whether this viewer may see a payment: that of a guest's order is shown to whoever knows the unguessable id (of the order or
 * of the payment), a user's to that user, to staff with payments:read and to services.
 */
export function viewerMaySee(viewer: Viewer, owned: { readonly customerId: string | null }): boolean {
  if (owned.customerId === null) return true;
  if (viewer.kind === 'user' && viewer.userId === owned.customerId) return true;
  return viewer.kind === 'service' || hasScope(viewer, 'payments:read');
}

/**
 * Whether this viewer may have a payment opened or asked about at its provider, and be given what it takes to pay: whoever knows the
 * unguessable id of a guest's, a user for his own, and staff with payments:write. Reading payments is not enough.
 */
export function viewerMayPay(viewer: Viewer, owned: { readonly customerId: string | null }): boolean {
  if (owned.customerId === null) return true;
  if (viewer.kind === 'user' && viewer.userId === owned.customerId) return true;
  return hasScope(viewer, 'payments:write');
}
