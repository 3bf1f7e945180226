import { events, newEvent } from '@souk/events';
import { actorOf, currentContext, failpoint, type Logger, newContext, newId, ServiceUnavailable } from '@souk/runtime';
import { type CheckedOutCart, decidePlacement, type PlacedOrder, priceRefusal } from '../domain/decidePlacement.js';
import type { OrderView } from '../domain/order.js';
import { orderNumber } from '../domain/orderNumber.js';
import type { Refusal } from '../domain/refusal.js';
import type { CartPort, Clock, Placement, PlacementRefusal, PlacementStore, StockPort } from './ports.js';

/** How long a run has its placement for itself: longer than all of its calls may take together. */
export const PLACEMENT_LEASE_MS = 10_000;
/** Stock is held a little longer than the order waits for its payment, so that it is the order that expires first. */
const RESERVATION_GRACE_MS = 10 * 60_000;
const RETRY_UNDO_MS = 500;
const RETRY_UNDO_MAX_MS = 30_000;
const NUMBER_DRAWS = 5;

export interface RunPlacementDeps {
  readonly placements: PlacementStore;
  readonly cart: CartPort;
  readonly stock: StockPort;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly paymentWindowMs: number;
  readonly logger: Logger;
}

export type PlacementOutcome =
  | { readonly kind: 'PLACED'; readonly order: OrderView }
  | { readonly kind: 'REFUSED'; readonly refusal: PlacementRefusal }
  /** Another run has taken this placement over: its outcome counts. */
  | { readonly kind: 'LOST' };

const OUTAGE: PlacementRefusal = {
  remembered: false,
  errors: [
    {
      code: 'DEPENDENCY_UNAVAILABLE',
      message: 'The order could not be placed right now; nothing was charged. Try again with the same key.',
    },
  ],
};

/**
 * Drives one claimed placement to its end: the cart is locked and re-priced, the price compared, the stock reserved, the
 * order committed with `order.placed`; or whatever was held is given back. Every remote effect carries the order id that
 * was decided at the claim and is idempotent by it, so a crash at any point is repaired by running this again.
 * From the moment an undo is recorded there is no way back to an order. A database error is thrown: its outcome is unknown, and
 * the sweeper runs the placement again.
 */
export const runPlacement = (deps: RunPlacementDeps) => {
  const undo = undoPlacement(deps);
  return async (placement: Placement): Promise<PlacementOutcome> => {
    if (placement.step === 'UNDOING') return undo(placement, placement.refusal ?? OUTAGE);
    await failpoint('order.placement.afterClaim');
    const held = await holdEverything(deps, placement);
    if (held.kind === 'HELD') return commit(deps, placement, held.cart);
    if (held.kind === 'NOTHING_HELD') {
      await deps.placements.endRefused(placement, held.refusal);
      return { kind: 'REFUSED', refusal: held.refusal };
    }
    await failpoint('order.placement.beforeUndo');
    const begun = await deps.placements.startUndo(placement, held.refusal, PLACEMENT_LEASE_MS);
    await failpoint('order.placement.afterStartUndo');
    return begun ? undo(placement, held.refusal) : { kind: 'LOST' };
  };
};

type Held =
  | { readonly kind: 'HELD'; readonly cart: CheckedOutCart }
  | { readonly kind: 'NOTHING_HELD' | 'MAYBE_HELD'; readonly refusal: PlacementRefusal };

/** Locks the cart and reserves the stock. What fails in an unknown way counts as perhaps done. */
async function holdEverything(deps: RunPlacementDeps, placement: Placement): Promise<Held> {
  const refused = (errors: readonly Refusal[]): Held => ({
    kind: 'MAYBE_HELD',
    refusal: { remembered: true, errors },
  });
  try {
    const answer = await deps.cart.checkout({
      cartId: placement.input.cartId,
      cartVersion: placement.input.cartVersion,
      orderId: placement.orderId,
      viewerUserId: placement.customerId,
    });
    if (answer.kind === 'UNAVAILABLE') return { kind: 'MAYBE_HELD', refusal: OUTAGE };
    if (answer.kind === 'REFUSED') {
      const refusal = { remembered: true, errors: answer.refusals };
      return { kind: placement.attempts === 0 ? 'NOTHING_HELD' : 'MAYBE_HELD', refusal };
    }
    await failpoint('order.placement.afterCheckout');
    const wrongPrice = priceRefusal(answer.cart, placement.input.expectedTotal);
    if (wrongPrice !== null) return refused([wrongPrice]);
    const expiresAt = new Date(deps.clock().getTime() + deps.paymentWindowMs + RESERVATION_GRACE_MS);
    const stock = await deps.stock.reserve(placement.orderId, answer.cart.lines, expiresAt);
    await failpoint('order.placement.afterReserve');
    if (stock.kind === 'RESERVED') return { kind: 'HELD', cart: answer.cart };
    if (stock.kind === 'SHORT') {
      return refused(stock.lines.map((line) => ({ code: 'INSUFFICIENT_STOCK' as const, ...line })));
    }
    return { kind: 'MAYBE_HELD', refusal: OUTAGE };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) {
      deps.logger.error({ err: error, orderId: placement.orderId }, 'a placement failed; undoing it');
    }
    return { kind: 'MAYBE_HELD', refusal: OUTAGE };
  }
}

async function commit(deps: RunPlacementDeps, placement: Placement, cart: CheckedOutCart): Promise<PlacementOutcome> {
  for (let draw = 1; draw <= NUMBER_DRAWS; draw += 1) {
    const placed = decide(deps, placement, cart);
    const { order } = placed;
    const event = newEvent(events.orderPlaced, {
      aggregateId: order.id,
      sequence: order.version,
      now: order.placedAt,
      data: {
        orderId: order.id,
        number: order.number,
        customerId: order.customerId,
        currencyCode: order.currencyCode,
        totalCentAmount: order.totalCents,
        paymentDueAt: order.paymentDueAt.toISOString(),
      },
    });
    const result = await deps.placements.commit(placement, placed, [event]);
    if (result === 'LOST') return { kind: 'LOST' };
    if (result === 'COMMITTED') {
      await failpoint('order.placement.afterCommit');
      return { kind: 'PLACED', order: { ...order, lines: placed.lines, timeline: placed.timeline } };
    }
  }
  throw new Error(`no free order number in ${NUMBER_DRAWS} draws`);
}

function decide(deps: RunPlacementDeps, placement: Placement, cart: CheckedOutCart): PlacedOrder {
  const now = deps.clock();
  const context = currentContext() ?? newContext('background');
  return decidePlacement(
    cart,
    { orderId: placement.orderId, expectedTotal: placement.input.expectedTotal, locale: placement.input.locale },
    {
      now,
      number: orderNumber(now, deps.randomBytes(8)),
      paymentWindowMs: deps.paymentWindowMs,
      actor: placement.customerId ?? actorOf({ kind: 'anonymous' }),
      traceId: context.traceId,
      newLineId: () => newId('oln'),
      newTimelineId: () => newId('oev'),
    },
  );
}

/** Gives back what may be held; what cannot be reached now is tried again by the sweeper until it is. */
const undoPlacement =
  (deps: RunPlacementDeps) =>
  async (placement: Placement, refusal: PlacementRefusal): Promise<PlacementOutcome> => {
    const released = await Promise.allSettled([
      deps.cart.release(placement.orderId),
      deps.stock.release(placement.orderId),
    ]);
    await failpoint('order.placement.afterUndo');
    const failed = released.filter((result) => result.status === 'rejected');
    if (failed.length === 0) {
      await deps.placements.endRefused(placement, refusal);
    } else {
      const delayMs = Math.min(RETRY_UNDO_MS * 2 ** Math.min(placement.attempts, 10), RETRY_UNDO_MAX_MS);
      deps.logger.warn({ err: failed[0]?.reason, orderId: placement.orderId, delayMs }, 'undoing is tried again');
      await deps.placements.postpone(placement, delayMs);
    }
    return { kind: 'REFUSED', refusal };
  };
