import {
  actorOf,
  currentContext,
  failpoint,
  type Logger,
  newContext,
  newId,
  ServiceUnavailable,
  type Viewer,
} from '@souk/runtime';
import type { EditPlan, EditRefusal, EditRequest, OrderEdit } from '../domain/edit.js';
import type { Order, OrderLine, OrderView } from '../domain/order.js';
import { linesToQuote, mustBePaid, type PlanResult, planEdit } from '../domain/planEdit.js';
import type { Refusal } from '../domain/refusal.js';
import { editChange } from './editChange.js';
import { editFault, hashOf, KEY_PATTERN } from './editInput.js';
import type { ClaimedEdit, EditStore, FullQuote, QuotePort } from './editPorts.js';
import type { Clock, OrderStore, StockPort } from './ports.js';
import { proposal } from './proposal.js';
import { EDIT_LEASE_MS, undoEdit } from './undoEdit.js';

export interface EditOrderDeps {
  readonly orders: OrderStore;
  readonly edits: EditStore;
  readonly quotes: QuotePort;
  readonly stock: StockPort;
  readonly clock: Clock;
  /** How long a change that costs more waits for its payment. */
  readonly editWindowMs: number;
  readonly logger: Logger;
}

export interface EditOrderCommand {
  readonly orderId: string;
  /** The version that staff saw. */
  readonly orderVersion: number;
  readonly request: EditRequest;
  readonly note: string | null;
  readonly dryRun: boolean;
  readonly idempotencyKey: string;
}

export type EditResult =
  | {
      readonly ok: true;
      readonly order: OrderView;
      readonly plan: EditPlan;
      /** Null after a dry run. */
      readonly edit: OrderEdit | null;
      readonly replayed: boolean;
    }
  | { readonly ok: false; readonly errors: readonly Refusal[]; readonly replayed: boolean };

const refused = (
  code: 'INVALID' | 'NOT_FOUND' | 'CONFLICT' | 'IDEMPOTENCY_KEY_REUSED',
  message: string,
  field: string,
) => ({ ok: false, errors: [{ code, message, field: ['input', field] }], replayed: false }) as const;

const OUTAGE: EditRefusal = {
  remembered: false,
  errors: [
    {
      code: 'DEPENDENCY_UNAVAILABLE',
      message: 'The order could not be edited right now; nothing was changed. Try again with the same key.',
    },
  ],
};

/**
 * Edits an order after it was placed, once per idempotency key. A dry run answers what would change and changes nothing.
 * An order that is not paid, or whose edit costs nothing more, is changed at once, and what it costs less goes back; an edit that makes
 * a paid order dearer waits for the payment of its difference, with its stock held under its own id. Decided on the version that
 * staff saw: an order that has changed since is refused with CONFLICT. A refusal changes nothing and holds nothing; after a
 * crash the sweeper gives back what was held.
 */
export const editOrder = (deps: EditOrderDeps) => {
  const undo = undoEdit(deps);
  return async (viewer: Viewer, command: EditOrderCommand): Promise<EditResult> => {
    if (!KEY_PATTERN.test(command.idempotencyKey)) {
      const message = 'The idempotency key must have 8 to 100 printable characters without spaces.';
      return refused('INVALID', message, 'idempotencyKey');
    }
    const fault = editFault(command.request, command.note);
    if (fault !== null) return { ok: false, errors: [fault], replayed: false };
    const found = await readOrder(deps, command.orderId);
    if (found === undefined) return refused('NOT_FOUND', 'There is no such order.', 'orderId');
    if (command.dryRun) return preview(deps, command, found);

    const context = currentContext() ?? newContext('background');
    const { orderId, orderVersion, request, note } = command;
    const claim = {
      id: newId('oed'),
      orderId,
      key: `${actorOf(viewer)}:${orderId}:${command.idempotencyKey}`,
      inputHash: hashOf([orderVersion, request, note]),
      note,
      actor: context.actor,
      runToken: newId('oed'),
      traceparent: context.traceparent,
      correlationId: context.correlationId,
    };
    const edit = await deps.edits.claim(claim, EDIT_LEASE_MS);
    if (edit.inputHash !== claim.inputHash) {
      return refused('IDEMPOTENCY_KEY_REUSED', 'This key was used for another edit. Use a new key.', 'idempotencyKey');
    }
    if (edit.runToken !== claim.runToken) return replay(deps, edit);

    await failpoint('order.edit.afterClaim');
    const outcome = await prepare(deps, command, found, edit);
    if (outcome.ok) return outcome;
    const refusal = outcome.refusal;
    if (!outcome.held) await deps.edits.endRefused(edit, refusal);
    else if (await deps.edits.startUndo(edit, refusal, EDIT_LEASE_MS)) await undo(edit, refusal);
    return { ok: false, errors: refusal.errors, replayed: false };
  };
};

interface FoundOrder {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
}

async function readOrder(deps: Pick<EditOrderDeps, 'orders'>, orderId: string): Promise<FoundOrder | undefined> {
  const [view] = await deps.orders.byIds([orderId], { lines: true, timeline: false });
  if (view === undefined) return undefined;
  const { lines, timeline: _, ...order } = view;
  return { order, lines: lines ?? [] };
}

/** What the edit comes to now. An outage of the cart service is an error of its own. */
async function plan(
  deps: Pick<EditOrderDeps, 'quotes'>,
  { request, orderVersion }: EditOrderCommand,
  { order, lines }: FoundOrder,
): Promise<PlanResult | 'AWAY'> {
  if (order.version !== orderVersion) return conflict('The order has changed since you saw it. Look at it again.');
  if (order.openEdit !== null) {
    return conflict('An edit of this order waits for its payment. Cancel it before you make another one.');
  }
  const wanted = linesToQuote(lines, request);
  let quote: FullQuote | null = null;
  if (wanted.length > 0 || request.shippingMethodId !== null) {
    try {
      const answer = await deps.quotes.quote({
        currencyCode: order.currencyCode,
        countryCode: (request.shippingAddress ?? order.shippingAddress).countryCode,
        lines: wanted,
        shippingMethodId: request.shippingMethodId,
        discount: null,
      });
      if (answer.kind === 'REFUSED') {
        return answer.refusal.code === 'DEPENDENCY_UNAVAILABLE' ? 'AWAY' : { ok: false, refusals: [answer.refusal] };
      }
      quote = answer.quote;
    } catch (error) {
      if (error instanceof ServiceUnavailable) return 'AWAY';
      throw error;
    }
  }
  return planEdit(order, lines, request, quote, () => newId('oln'));
}

const conflict = (message: string): PlanResult => ({
  ok: false,
  refusals: [{ code: 'CONFLICT', message, field: ['input', 'orderVersion'] }],
});

async function preview(deps: EditOrderDeps, command: EditOrderCommand, found: FoundOrder): Promise<EditResult> {
  const planned = await plan(deps, command, found);
  if (planned === 'AWAY') return { ok: false, errors: OUTAGE.errors, replayed: false };
  if (!planned.ok) return { ok: false, errors: planned.refusals, replayed: false };
  return { ok: true, order: found.order, plan: planned.plan, edit: null, replayed: false };
}

type Prepared =
  | (EditResult & { readonly ok: true })
  | { readonly ok: false; readonly refusal: EditRefusal; readonly held: boolean };

/** Plans, holds the stock, and writes the edit: applied, or waiting for its payment. */
async function prepare(
  deps: EditOrderDeps,
  command: EditOrderCommand,
  found: FoundOrder,
  edit: ClaimedEdit,
): Promise<Prepared> {
  const no = (errors: readonly Refusal[], held = false): Prepared => ({
    ok: false,
    refusal: { remembered: true, errors },
    held,
  });
  const planned = await plan(deps, command, found);
  if (planned === 'AWAY') return { ok: false, refusal: OUTAGE, held: false };
  if (!planned.ok) return no(planned.refusals);
  const { order, lines } = found;
  const now = deps.clock();
  const dueAt = new Date(now.getTime() + deps.editWindowMs);
  if (planned.plan.reserved.length > 0) {
    const held = await holdStock(deps, order, edit, planned.plan, dueAt);
    if (held !== null) return held;
  }
  const from = { state: 'PREPARING', runToken: edit.runToken } as const;
  const decided = { order, lines, edit, plan: planned.plan, from, now };
  const change = mustBePaid(order, planned.plan) ? proposal({ ...decided, dueAt }) : editChange(decided);
  const changed = change !== undefined && (await deps.orders.apply([change])).has(order.id);
  if (!changed || change.edit === undefined) {
    const message = 'The order has changed at this moment. Look at it again.';
    return no([{ code: 'CONFLICT', message, field: ['input', 'orderVersion'] }], true);
  }
  return { ok: true, order: change.after, plan: planned.plan, edit: change.edit.edit, replayed: false };
}

/** Stock is held longer than the edit waits for its payment, or the order for its own, so that these end first. */
const RESERVATION_GRACE_MS = 10 * 60_000;

async function holdStock(
  deps: EditOrderDeps,
  order: Order,
  edit: ClaimedEdit,
  { reserved }: EditPlan,
  dueAt: Date,
): Promise<Prepared | null> {
  const until = order.status === 'PENDING_PAYMENT' ? order.paymentDueAt : dueAt;
  try {
    const answer = await deps.stock.reserve(
      edit.id,
      reserved,
      new Date(Math.max(until.getTime(), deps.clock().getTime()) + RESERVATION_GRACE_MS),
    );
    await failpoint('order.edit.afterReserve');
    if (answer.kind === 'RESERVED') return null;
    if (answer.kind === 'CONTRADICTED') return { ok: false, refusal: OUTAGE, held: true };
    const errors = answer.lines.map((line) => ({ code: 'INSUFFICIENT_STOCK' as const, ...line }));
    return { ok: false, refusal: { remembered: true, errors }, held: true };
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    return { ok: false, refusal: OUTAGE, held: true };
  }
}

/** The answer that a key has got already. */
async function replay(deps: Pick<EditOrderDeps, 'orders'>, edit: OrderEdit): Promise<EditResult> {
  if (edit.refusal !== null) return { ok: false, errors: edit.refusal.errors, replayed: true };
  const found = await readOrder(deps, edit.orderId);
  if (edit.plan === null || found === undefined) {
    return {
      ...refused('CONFLICT', 'This edit is still being made. Ask again with the same key.', 'idempotencyKey'),
      replayed: true,
    };
  }
  return { ok: true, order: found.order, plan: edit.plan, edit, replayed: true };
}
