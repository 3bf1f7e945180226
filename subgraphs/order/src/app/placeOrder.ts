import { createHash } from 'node:crypto';
import { isMoney, type Money } from '@souk/money';
import { currentContext, monotonicMs, newContext, newId, pause, type Viewer } from '@souk/runtime';
import type { OrderView } from '../domain/order.js';
import type { Refusal } from '../domain/refusal.js';
import type { CartPlacement, OrderStore, Placement, PlacementClaim, PlacementStore } from './ports.js';
import { PLACEMENT_LEASE_MS, type PlacementOutcome } from './runPlacement.js';

export interface PlaceOrderCommand {
  readonly cartId: string;
  readonly cartVersion: number;
  readonly expectedTotal: Money;
  readonly idempotencyKey: string;
  readonly locale: string;
}

export type PlaceOrderResult =
  | { readonly ok: true; readonly order: OrderView; readonly replayed: boolean }
  | { readonly ok: false; readonly errors: readonly Refusal[]; readonly replayed: boolean };

export interface PlaceOrderDeps {
  readonly placements: PlacementStore;
  readonly orders: Pick<OrderStore, 'byIds'>;
  readonly run: (placement: Placement) => Promise<PlacementOutcome>;
  /** How long a second caller waits for the first one. */
  readonly patienceMs: number;
}

const POLL_MS = 40;
const KEY_PATTERN = /^[\x21-\x7e]{8,100}$/;
const LOCALE_PATTERN = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

/**
 * Places the order of a cart, once per idempotency key (keys are scoped by user, or by cart for guests).
 * Afterwards there is one PENDING_PAYMENT order with its stock reserved, its coupons claimed, its cart locked and
 * `order.placed` published, or a refusal with none of these. The same key with the same input gets the same answer,
 * `replayed`, also while the first call is still running (then CONFLICT after `patienceMs`); refusals are remembered too, outages
 * are not: after DEPENDENCY_UNAVAILABLE the same key tries anew with a new order id. DESIGN.md section 6, step 1.
 */
export const placeOrder =
  (deps: PlaceOrderDeps) =>
  async (viewer: Viewer, command: PlaceOrderCommand): Promise<PlaceOrderResult> => {
    const invalid = inputFault(command);
    if (invalid !== null) return { ok: false, errors: [invalid], replayed: false };
    const customerId = viewer.kind === 'user' ? viewer.userId : null;
    const scope = customerId ?? `cart:${command.cartId}`;
    const input: CartPlacement = {
      cartId: command.cartId,
      cartVersion: command.cartVersion,
      expectedTotal: {
        centAmount: command.expectedTotal.centAmount,
        currencyCode: command.expectedTotal.currencyCode,
      },
      locale: command.locale,
    };
    return placeOnce(deps, { scope, key: command.idempotencyKey, inputHash: hashOf(input), input, customerId });
  };

/** Claims the key and runs its placement, or answers what another call with this key has come to. */
export async function placeOnce(
  deps: PlaceOrderDeps,
  wanted: Pick<PlacementClaim, 'scope' | 'key' | 'inputHash' | 'input' | 'customerId'>,
): Promise<PlaceOrderResult> {
  const { traceparent, correlationId } = currentContext() ?? newContext('background');
  const deadline = monotonicMs() + deps.patienceMs;
  for (;;) {
    const runToken = newId('plc');
    const claim = { ...wanted, orderId: newId('ord'), runToken, traceparent, correlationId };
    const placement = await deps.placements.claim(claim, PLACEMENT_LEASE_MS);
    if (placement.inputHash !== wanted.inputHash) return reused();
    if (placement.runToken === runToken) {
      const outcome = await deps.run(placement);
      if (outcome.kind === 'PLACED') return { ok: true, order: outcome.order, replayed: false };
      if (outcome.kind === 'REFUSED') return { ok: false, errors: outcome.refusal.errors, replayed: false };
    }
    const answer = await awaitAnswer(deps, placement, deadline);
    if (answer !== 'FREE_AGAIN') return answer;
  }
}

/** Waits for the run that has the key. FREE_AGAIN when it was abandoned or has died: the key can be claimed. */
async function awaitAnswer(
  deps: PlaceOrderDeps,
  first: Placement,
  deadline: number,
): Promise<PlaceOrderResult | 'FREE_AGAIN'> {
  for (let placement: Placement | undefined = first; ; ) {
    if (placement === undefined) return 'FREE_AGAIN';
    if (placement.step === 'PLACED') {
      const [order] = await deps.orders.byIds([placement.orderId], { lines: true, timeline: true });
      if (order === undefined) throw new Error(`placement ${placement.orderId} has no order`);
      return { ok: true, order, replayed: true };
    }
    if (placement.refusal?.remembered) return { ok: false, errors: placement.refusal.errors, replayed: true };
    if (monotonicMs() >= deadline) return inProgress();
    if (placement.step === 'ABANDONED') return 'FREE_AGAIN';
    if (placement.step === 'RUNNING' && placement.leaseExpired) return 'FREE_AGAIN';
    await pause(POLL_MS);
    placement = await deps.placements.find(placement.scope, placement.key);
  }
}

function inputFault(command: PlaceOrderCommand): Refusal | null {
  const fault = (field: string, message: string): Refusal => ({ code: 'INVALID', message, field: ['input', field] });
  if (!KEY_PATTERN.test(command.idempotencyKey)) {
    return fault('idempotencyKey', 'The idempotency key must have 8 to 100 printable characters without spaces.');
  }
  if (!/^crt_[0-9A-Za-z_-]{1,60}$/.test(command.cartId)) {
    return { code: 'NOT_FOUND', message: 'There is no such cart.', field: ['input', 'cartId'] };
  }
  if (command.cartVersion < 0) return fault('cartVersion', 'A cart version is not negative.');
  if (!isMoney(command.expectedTotal) || command.expectedTotal.centAmount < 0) {
    return fault('expectedTotal', 'The expected total must be an amount in a known currency.');
  }
  if (!LOCALE_PATTERN.test(command.locale)) return fault('locale', 'The locale must be a BCP 47 tag such as de-AT.');
  return null;
}

/** Over the parts in a fixed order, so that it does not depend on how the client wrote them. */
function hashOf(input: CartPlacement): string {
  const { cartId, cartVersion, expectedTotal, locale } = input;
  const parts = [cartId, cartVersion, expectedTotal.centAmount, expectedTotal.currencyCode, locale];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

const reused = (): PlaceOrderResult => ({
  ok: false,
  replayed: false,
  errors: [
    {
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: 'This key was used for another order. Use a new key for each order.',
      field: ['input', 'idempotencyKey'],
    },
  ],
});

const inProgress = (): PlaceOrderResult => ({
  ok: false,
  replayed: true,
  errors: [
    {
      code: 'CONFLICT',
      message: 'This order is still being placed. Ask again with the same key.',
      field: ['input', 'idempotencyKey'],
    },
  ],
});
