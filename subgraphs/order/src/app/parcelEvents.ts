import type { WholeOrder } from '../domain/wholeOrder.js';

const about = (after: WholeOrder) => ({ orderId: after.id, number: after.number, customerId: after.customerId });

/** What an event about a parcel, or a return, of an order as it will be is made of. */
export const parcelEvent = (after: WholeOrder, fulfillmentId: string, now: Date) => ({
  aggregateId: after.id,
  sequence: after.version,
  now,
  data: { ...about(after), fulfillmentId },
});

export const returnEvent = (after: WholeOrder, returnId: string, now: Date) => ({
  aggregateId: after.id,
  sequence: after.version,
  now,
  data: { ...about(after), returnId },
});
