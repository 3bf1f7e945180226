import type { Fulfillment } from './fulfillment.js';
import type { Order, OrderLine } from './order.js';
import type { PlainRefusal } from './refusal.js';
import type { OrderReturn } from './return.js';

/** An order with everything that is decided on once it is paid. */
export interface WholeOrder extends Order {
  readonly lines: readonly OrderLine[];
  readonly fulfillments: readonly Fulfillment[];
  readonly returns: readonly OrderReturn[];
}

/** What a decision comes to. */
export type Step =
  | { readonly kind: 'CHANGE'; readonly after: WholeOrder }
  /** It was done before: the answer is what there is. */
  | { readonly kind: 'REPLAY' }
  | { readonly kind: 'REFUSE'; readonly refusal: PlainRefusal };

export const change = (after: WholeOrder): Step => ({ kind: 'CHANGE', after });
export const replay: Step = { kind: 'REPLAY' };
export const refuse = (code: PlainRefusal['code'], message: string, field: readonly string[] = ['id']): Step => ({
  kind: 'REFUSE',
  refusal: { code, message, field },
});

/** `items` with the one of this id replaced. */
export const replaced = <T extends { readonly id: string }>(items: readonly T[], item: T): readonly T[] =>
  items.map((one) => (one.id === item.id ? item : one));

/** A status as people say it. */
export const spoken = (status: string): string => status.toLowerCase().replaceAll('_', ' ');
