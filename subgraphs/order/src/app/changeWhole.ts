import type { EventEnvelope } from '@souk/events';
import type { OrderView, TimelineEntry } from '../domain/order.js';
import type { Refusal } from '../domain/refusal.js';
import type { Step, WholeOrder } from '../domain/wholeOrder.js';
import type { OrderHandle, WholeOrders } from './afterSalesPorts.js';
import type { OrderStore } from './ports.js';

export interface ChangeWholeDeps {
  readonly orders: Pick<OrderStore, 'apply'>;
  readonly whole: Pick<WholeOrders, 'of'>;
}

/** What a change is told with: its entries in the timeline and its events. */
export interface Told {
  readonly timeline: readonly TimelineEntry[];
  readonly published: readonly EventEnvelope[];
}

export interface Decision {
  readonly step: Step;
  /** Called when the step is a change, with the order as it will be, version included. */
  readonly tell: (after: WholeOrder) => Told;
}

export type WholeResult =
  | { readonly ok: true; readonly order: OrderView & WholeOrder }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/** Decided again when the order changed in between; each time another change has got through. */
const ATTEMPTS = 8;

/**
 * Reads an order (by its own id, a parcel's or a return's), decides, and writes what changed together with what is told about
 * it, if the order still has the version that was decided on; else it decides again. So of two who ship the last unit at
 * once one does, and the other one sees that it is gone. `missing` is the refusal when there is nothing of this handle: for what
 * somebody may not see it must be the very same, or ids could be tried out.
 */
export const changeWhole =
  (deps: ChangeWholeDeps) =>
  async (
    handle: OrderHandle,
    decide: (order: WholeOrder) => Decision | Promise<Decision>,
    missing: Refusal = missingOf(handle),
  ): Promise<WholeResult> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = await deps.whole.of(handle);
      if (before === undefined) return { ok: false, errors: [missing] };
      const { step, tell } = await decide(before);
      if (step.kind === 'REPLAY') return { ok: true, order: before };
      if (step.kind === 'REFUSE') return { ok: false, errors: [step.refusal] };
      const after: WholeOrder = { ...step.after, version: before.version + 1 };
      const { lines, fulfillments, returns, ...order } = after;
      const change = {
        before,
        after: order,
        lines: without(lines, before.lines),
        fulfillments: without(fulfillments, before.fulfillments),
        returns: without(returns, before.returns),
        ...tell(after),
      };
      if ((await deps.orders.apply([change])).has(before.id)) return { ok: true, order: after };
    }
    return { ok: false, errors: [BUSY] };
  };

/** Those that the decision made or replaced. */
const without = <T>(now: readonly T[], before: readonly T[]): readonly T[] =>
  now.filter((item) => !before.includes(item));

const THINGS = { order: 'order', fulfillment: 'parcel', return: 'return' };
export const missingOf = ({ kind }: OrderHandle): Refusal => ({
  code: 'NOT_FOUND',
  message: `There is no such ${THINGS[kind]}.`,
  field: [kind === 'order' ? 'orderId' : 'id'],
});
const BUSY: Refusal = { code: 'CONFLICT', message: 'The order is changing at this moment. Try again.' };

/** Tells nothing: for steps that change nothing. */
export const nothing = (): Told => ({ timeline: [], published: [] });
