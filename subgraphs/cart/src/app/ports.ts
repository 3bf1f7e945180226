import type { Cart, Quotes } from '../domain/cart.js';
import type { CartDecision } from '../domain/cartError.js';
import type { CheckoutAnswer } from '../domain/checkout.js';
import type { Promotion } from '../domain/promotion.js';
import type { Rules } from '../domain/rules.js';

/** A cart and the promotions behind its codes (and behind those asked for). */
export interface CartView {
  readonly cart: Cart;
  readonly promotions: readonly Promotion[];
}

export interface CartStore {
  /** One round trip. `codes`: whose promotions are wanted beside the cart's own. */
  read(id: string, codes?: readonly string[]): Promise<CartView | undefined>;
  /** The user's ACTIVE cart that was changed last. One round trip. */
  readActive(userId: string): Promise<CartView | undefined>;
  /** The carts of these ids that exist, in one round trip. */
  readMany(ids: readonly string[]): Promise<CartView[]>;
  create(cart: Cart, tokenHash: Buffer | null): Promise<void>;
  promotionsByCode(codes: readonly string[]): Promise<Promotion[]>;
  /** Saves when the stored cart still is ACTIVE in this version: true. Otherwise nothing changes: false. One round trip. */
  save(next: Cart, expectedVersion: number): Promise<boolean>;
  /** Locks, decides, saves. `decide` sees the latest cart and must be synchronous; undefined: no such cart. */
  update(id: string, decide: (cart: Cart) => CartDecision): Promise<CartDecision | undefined>;
  /** Locks the guest cart of this token and the user's active cart, and saves what `decide` makes of them. */
  merge(
    tokenHash: Buffer,
    userId: string,
    decide: (guest: Cart, existing: Cart | undefined) => readonly Cart[],
  ): Promise<Cart | undefined>;
  /** Deletes an ACTIVE cart; false when it no longer is one. */
  remove(id: string): Promise<boolean>;
  /** Marks up to `limit` carts EXPIRED whose time is over; answers how many. */
  expire(now: Date, limit: number): Promise<number>;
}

export type ClaimOutcome =
  | { readonly outcome: 'CLAIMED' | 'EXISTS' | 'CHANGED' }
  | { readonly outcome: 'LIMIT'; readonly promotionId: string };

export interface CheckoutStore {
  /** The cart, its promotions and the automatic ones of this moment, and what this order was told before. One round trip. */
  read(
    cartId: string,
    orderId: string,
  ): Promise<{
    readonly view: CartView | undefined;
    readonly automaticPromotions: readonly Promotion[];
    readonly earlier:
      | { readonly cartId: string | null; readonly answer: CheckoutAnswer | null; readonly released: boolean }
      | undefined;
  }>;
  /** Completes the cart for the order and claims the promotions, all or nothing. One round trip. */
  claim(o: {
    orderId: string;
    cart: Cart;
    repriced: boolean;
    answer: CheckoutAnswer;
    promotionIds: readonly string[];
    customerKey: Buffer;
    now: Date;
  }): Promise<ClaimOutcome>;
  /** Undoes a claim, or prevents a later one; false when there was nothing (more) to undo. One round trip. */
  release(orderId: string, now: Date): Promise<boolean>;
}

export interface Catalogue {
  /**
   * What the catalogue says; unknown variants are missing. Stock is always read; a price may be a moment old, as on a product's page,
   * unless it is to be `fresh`, as for an order. @throws CatalogueUnavailable
   */
  quote(variantIds: readonly string[], o?: { readonly fresh: boolean }): Promise<Quotes>;
}

/** The catalogue cannot be asked: no cart is changed on a guess. */
export class CatalogueUnavailable extends Error {
  override readonly name = 'CatalogueUnavailable';
}

export interface RulesSource {
  /** Not older than a few seconds, without a round trip of the caller's. */
  current(): Rules;
  /** Reads anew what was changed just now. */
  refresh(): Promise<void>;
}

export type Clock = () => Date;
