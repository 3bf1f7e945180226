import { ClientError, decodeCursor, encodeCursor, isMoment } from '@souk/runtime';
import type { PaymentView } from '../domain/payment.js';

/** Where a payment lies in lists: newest first. */
export const cursorOf = (payment: PaymentView): string => encodeCursor([payment.createdAt.toISOString(), payment.id]);

/** The place that a cursor of `cursorOf` stands for; throws BAD_USER_INPUT for any other text. */
export function placeOf(cursor: string | null | undefined): { createdAt: string; id: string } | null {
  if (cursor === null || cursor === undefined) return null;
  const [createdAt, id, ...rest] = decodeCursor(cursor) ?? [];
  if (!isMoment(createdAt) || typeof id !== 'string' || rest.length > 0) {
    throw new ClientError('BAD_USER_INPUT', '`after` is not a cursor of this list.');
  }
  return { createdAt, id };
}
