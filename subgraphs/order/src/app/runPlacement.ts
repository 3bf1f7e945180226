import { events, newEvent } from '@souk/events';
import { actorOf, currentContext, failpoint, type Logger, newContext, newId, ServiceUnavailable } from '@souk/runtime';
import { type CheckedOutCart, decidePlacement, type PlacedOrder, priceRefusal } from '../domain/decidePlacement.js';
import type { Order, OrderView } from '../domain/order.js';
import { orderNumber, sequentialNumber } from '../domain/orderNumber.js';
import type { Refusal } from '../domain/refusal.js';
import { type CheckoutPlacementDeps, checkoutPlacement, DRAFT_CHANGED, draftOf } from './checkoutPlacement.js';
import type { CarefulCommits, Numbering } from './draftPorts.js';
import { orderConfirmedEvent } from './orderConfirmedEvent.js';
import type { Clock, DraftPlacement, Placement, PlacementRefusal, PlacementStore, StockPort } from './ports.js';

/** How long a run has its placement for itself, unless its process renews it (`keepLeases`). */
export const PLACEMENT_LEASE_MS = 4_000;
/** Stock is held a little longer than the order waits for its payment, so that it is the order that expires first. */
const RESERVATION_GRACE_MS = 10 * 60_000;
const RETRY_UNDO_MS = 500;
const RETRY_UNDO_MAX_MS = 8_000;
const NUMBER_DRAWS = 5;

export interface RunPlacementDeps extends CheckoutPlacementDeps {
  readonly placements: PlacementStore;
  /** Drafts and sequential numbers are committed with it. */
  readonly commits?: CarefulCommits;
  /** Numbers without gaps; absent: random ones. */
  readonly numbering?: Numbering;
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
    return giveUp(deps, placement, held.refusal);
  };
};

/** Decides for good that there will be no order, and gives back what may be held. */
async function giveUp(
  deps: RunPlacementDeps,
  placement: Placement,
  refusal: PlacementRefusal,
): Promise<PlacementOutcome> {
  await failpoint('order.placement.beforeUndo');
  const begun = await deps.placements.startUndo(placement, refusal, PLACEMENT_LEASE_MS);
  await failpoint('order.placement.afterStartUndo');
  return begun ? undoPlacement(deps)(placement, refusal) : { kind: 'LOST' };
}

type Held =
  | { readonly kind: 'HELD'; readonly cart: CheckedOutCart }
  | { readonly kind: 'NOTHING_HELD' | 'MAYBE_HELD'; readonly refusal: PlacementRefusal };

/** Locks the cart and reserves the stock. What fails in an unknown way counts as perhaps done. */
async function holdEverything(deps: RunPlacementDeps, placement: Placement): Promise<Held> {
  const draft = draftOf(placement);
  // A draft is completed once in the end, and may be tried until then: its refusals are nobody's answer for ever.
  const remembered = draft === null;
  const refused = (errors: readonly Refusal[]): Held => ({ kind: 'MAYBE_HELD', refusal: { remembered, errors } });
  try {
    const answer = await checkoutPlacement(deps, placement);
    if (answer.kind === 'UNAVAILABLE') return { kind: 'MAYBE_HELD', refusal: OUTAGE };
    if (answer.kind === 'REFUSED') {
      const refusal = { remembered, errors: answer.refusals };
      return { kind: placement.attempts === 0 ? 'NOTHING_HELD' : 'MAYBE_HELD', refusal };
    }
    await failpoint('order.placement.afterCheckout');
    const wrongPrice = priceRefusal(answer.cart, placement.input.expectedTotal);
    if (wrongPrice !== null) return refused([wrongPrice]);
    const expiresAt = new Date(deps.clock().getTime() + windowOf(deps, draft) + RESERVATION_GRACE_MS);
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
    const result = await write(deps, placement, cart);
    if (result.kind === 'LOST') return { kind: 'LOST' };
    if (result.kind === 'DRAFT_CHANGED') return giveUp(deps, placement, { remembered: false, errors: [DRAFT_CHANGED] });
    if (result.kind === 'COMMITTED') {
      await failpoint('order.placement.afterCommit');
      const { order, lines, timeline } = result.placed;
      return { kind: 'PLACED', order: { ...order, lines, timeline } };
    }
  }
  throw new Error(`no free order number in ${NUMBER_DRAWS} draws`);
}

/** Drafts and sequential numbers need a transaction; what everybody else places is one statement. */
async function write(deps: RunPlacementDeps, placement: Placement, cart: CheckedOutCart) {
  const draft = draftOf(placement);
  const make = (sequence: number | null) => {
    const placed = decide(deps, placement, cart, sequence);
    const { order } = placed;
    const confirmed =
      order.status === 'CONFIRMED' ? [orderConfirmedEvent(order, null, order.version, order.placedAt)] : [];
    return { placed, published: [orderPlacedEvent(order), ...confirmed] };
  };
  if (draft === null && deps.numbering === undefined) {
    const { placed, published } = make(null);
    return { kind: await deps.placements.commit(placement, placed, published), placed };
  }
  if (deps.commits === undefined) throw new Error('this process can commit neither drafts nor sequential numbers');
  const of = draft && { id: draft.draftId, version: draft.draftVersion };
  return deps.commits.commit(placement, { draft: of, first: deps.numbering?.first ?? null }, make);
}

const orderPlacedEvent = (order: Order) =>
  newEvent(events.orderPlaced, {
    aggregateId: order.id,
    sequence: 1,
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

/** What staff sell on the telephone is paid later than what waits in a browser. */
const windowOf = (deps: RunPlacementDeps, draft: DraftPlacement | null): number =>
  draft === null ? deps.paymentWindowMs : (deps.drafts?.paymentWindowMs ?? deps.paymentWindowMs);

function decide(
  deps: RunPlacementDeps,
  placement: Placement,
  cart: CheckedOutCart,
  sequence: number | null,
): PlacedOrder {
  const now = deps.clock();
  const draft = draftOf(placement);
  const context = currentContext() ?? newContext('background');
  return decidePlacement(
    cart,
    { orderId: placement.orderId, expectedTotal: placement.input.expectedTotal, locale: placement.input.locale },
    {
      now,
      number:
        sequence === null
          ? orderNumber(now, deps.randomBytes(8))
          : sequentialNumber(deps.numbering?.prefix ?? '', sequence),
      paymentWindowMs: windowOf(deps, draft),
      actor: draft?.actor ?? placement.customerId ?? actorOf({ kind: 'anonymous' }),
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
      // A draft was not locked: its commit takes it, or nothing does.
      draftOf(placement) === null ? deps.cart.release(placement.orderId) : undefined,
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
