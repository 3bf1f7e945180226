import { ClientError } from '@souk/runtime';
import type { OrderFilter } from '../app/ports.js';
import type { OrderFilterInput, OrderHistoryFilterInput } from '../generated/graphql.js';

/** A filter of the staff's lists; throws BAD_USER_INPUT for totals in two currencies. */
export function orderFilter(input: OrderFilterInput | null | undefined): OrderFilter {
  return {
    ...historyFilter(input),
    status: input?.status ?? undefined,
    customerId: input?.customerId ?? undefined,
  };
}

/** The part of it that a customer's history has as well. */
export function historyFilter(
  input: OrderHistoryFilterInput | null | undefined,
): Omit<OrderFilter, 'status' | 'customerId'> {
  const { totalFrom, totalTo } = input ?? {};
  if (totalFrom && totalTo && totalFrom.currencyCode !== totalTo.currencyCode) {
    throw new ClientError('BAD_USER_INPUT', '`totalFrom` and `totalTo` must be in one currency.');
  }
  return {
    fulfillmentStatus: input?.fulfillmentStatus ?? undefined,
    search: input?.search ?? undefined,
    placedAfter: input?.placedAfter ?? undefined,
    placedBefore: input?.placedBefore ?? undefined,
    totalFromCents: totalFrom?.centAmount,
    totalToCents: totalTo?.centAmount,
    currencyCode: totalFrom?.currencyCode ?? totalTo?.currencyCode,
  };
}
