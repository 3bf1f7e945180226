import type { CheckoutAnswer } from '../../subgraphs/order/src/app/ports.js';
import type { CheckedOutCart } from '../../subgraphs/order/src/domain/decidePlacement.js';
import { checkedOutCart } from '../../subgraphs/order/src/testing/samples.js';

export interface Cart {
  readonly id: string;
  readonly customerId: string | null;
  readonly checkedOut: CheckedOutCart;
  status: 'ACTIVE' | 'COMPLETED';
  version: number;
}

interface Checkout {
  readonly cartId: string | null;
  readonly cart: CheckedOutCart | null;
  released: boolean;
}

/** `cart_checkout_claim` and `cart_checkout_release` of prisma/cart/migrations, in memory, with one coupon of limited use. */
export function cartModel(couponLimit: number) {
  const carts = new Map<string, Cart>();
  const checkouts = new Map<string, Checkout>();
  const couponUses = new Set<string>();
  const inbox = new Set<string>();
  const refused = (code: 'NOT_FOUND' | 'CONFLICT' | 'DISCOUNT_LIMIT_REACHED', message: string): CheckoutAnswer => ({
    kind: 'REFUSED',
    refusals: [{ code, message }],
  });
  return {
    carts,
    checkouts,
    couponUses,
    couponLimit,
    add(id: string, customerId: string | null, lines: CheckedOutCart['lines'], coupon: boolean): Cart {
      const subtotalCents = lines.reduce((sum, line) => sum + line.unitPriceCents * line.quantity, 0);
      const checkedOut = checkedOutCart({
        cartId: id,
        customerId,
        lines,
        subtotalCents,
        discountCents: 0,
        shippingCents: 490,
        shippingDiscountCents: 0,
        taxCents: 0,
        totalCents: subtotalCents + 490,
        discountCodes: coupon ? ['WELCOME'] : [],
      });
      const cart: Cart = { id, customerId, checkedOut, status: 'ACTIVE', version: 1 };
      carts.set(id, cart);
      return cart;
    },
    checkout(request: { cartId: string; cartVersion: number; orderId: string }): CheckoutAnswer {
      const earlier = checkouts.get(request.orderId);
      if (earlier?.released) return { kind: 'UNAVAILABLE' };
      if (earlier?.cart) return { kind: 'LOCKED', cart: earlier.cart };
      const cart = carts.get(request.cartId);
      if (cart === undefined) return refused('NOT_FOUND', 'There is no such cart.');
      if (cart.status !== 'ACTIVE' || cart.version !== request.cartVersion) {
        return refused('CONFLICT', 'The cart was ordered or changed.');
      }
      if (cart.checkedOut.discountCodes.length > 0) {
        if (couponUses.size >= couponLimit) return refused('DISCOUNT_LIMIT_REACHED', 'The code has been used up.');
        couponUses.add(request.orderId);
      }
      cart.status = 'COMPLETED';
      checkouts.set(request.orderId, { cartId: cart.id, cart: cart.checkedOut, released: false });
      return { kind: 'LOCKED', cart: cart.checkedOut };
    },
    release(orderId: string): void {
      const checkout = checkouts.get(orderId);
      if (checkout === undefined) {
        checkouts.set(orderId, { cartId: null, cart: null, released: true });
        return;
      }
      if (checkout.released) return;
      checkout.released = true;
      couponUses.delete(orderId);
      const cart = carts.get(checkout.cartId ?? '');
      if (cart?.status === 'COMPLETED') cart.status = 'ACTIVE';
    },
    /** An order ended: its coupon is free, its cart stays completed. */
    releaseCoupons(eventId: string, orderId: string): void {
      if (inbox.has(eventId)) return;
      inbox.add(eventId);
      couponUses.delete(orderId);
    },
  };
}

export type CartModel = ReturnType<typeof cartModel>;
