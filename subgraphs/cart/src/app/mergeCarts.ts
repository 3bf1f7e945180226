import { type Cart, nextVersion } from '../domain/cart.js';
import { cartError, closedBecause } from '../domain/cartError.js';
import { mergeLines } from '../domain/lines.js';
import { type CartResult, refusedWith } from './changeCart.js';
import type { CartStore, Clock } from './ports.js';

export type MergeStrategy = 'MERGE' | 'USE_GUEST' | 'USE_EXISTING';

export interface MergeCartsDeps {
  readonly carts: Pick<CartStore, 'merge' | 'read'>;
  readonly hashToken: (token: string) => Buffer;
  readonly now: Clock;
  readonly newLineId: () => string;
}

/**
 * Brings the guest cart of a token into the user's active cart; without one the guest cart becomes the user's own.
 * Of both carts exactly one is ACTIVE afterwards. Repeating it answers the same cart and changes nothing.
 */
export const mergeCarts =
  (deps: MergeCartsDeps) =>
  async (command: { userId: string; token: string; strategy: MergeStrategy }): Promise<CartResult> => {
    const now = deps.now();
    const merged = await deps.carts.merge(deps.hashToken(command.token), command.userId, (guest, existing) => {
      if (closedBecause(guest, now)) return [];
      return decideMerge(guest, existing, { ...command, now, newLineId: deps.newLineId });
    });
    const view = merged && merged.customerId === command.userId ? await deps.carts.read(merged.id) : undefined;
    return view
      ? { view, errors: [] }
      : refusedWith(cartError('NOT_FOUND', 'There is no guest cart for this token.', ['guestCartToken']));
  };

/** The carts as they are to be saved; the one that stays is first. */
export function decideMerge(
  guest: Cart,
  existing: Cart | undefined,
  o: { userId: string; strategy: MergeStrategy; now: Date; newLineId: () => string },
): readonly Cart[] {
  const own = { ...nextVersion(guest, o.now), customerId: o.userId };
  if (!existing) return [own];
  const gone = (cart: Cart, into: Cart): Cart => ({
    ...nextVersion(cart, o.now),
    status: 'MERGED',
    mergedIntoId: into.id,
    // the guest's cart is reachable by its token: it answers for the user's cart only to that user
    customerId: o.userId,
  });
  if (o.strategy === 'USE_GUEST') return [own, gone(existing, own)];
  if (o.strategy === 'USE_EXISTING') return [existing, gone(guest, existing)];
  const filled = mergeLines(existing, guest, o.newLineId);
  const merged = nextVersion(
    {
      ...filled,
      email: existing.email ?? guest.email,
      countryCode: existing.countryCode ?? guest.countryCode,
      shippingAddress: existing.shippingAddress ?? guest.shippingAddress,
      billingAddress: existing.billingAddress ?? guest.billingAddress,
      discountCodes: existing.discountCodes.length > 0 ? existing.discountCodes : guest.discountCodes,
      note: existing.note ?? guest.note,
    },
    o.now,
  );
  return [merged, gone(guest, merged)];
}
