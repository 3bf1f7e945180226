import { ClientError, decodeCursor, encodeCursor, isMoment } from '@souk/runtime';
import type { Draft } from '../domain/draft.js';
import type { OrderView } from '../domain/order.js';

/** Where an order lies in lists: newest first. */
export const cursorOf = (order: OrderView): string => encodeCursor([order.placedAt.toISOString(), order.id]);

/** Where a draft lies in its list: newest first. */
export const cursorOfDraft = (draft: Draft): string => encodeCursor([draft.createdAt.toISOString(), draft.id]);

/** The place that a cursor of `cursorOf` stands for; throws BAD_USER_INPUT for any other text. */
export function placeOf(cursor: string | null | undefined): { placedAt: string; id: string } | null {
  if (cursor === null || cursor === undefined) return null;
  const [placedAt, id, ...rest] = decodeCursor(cursor) ?? [];
  if (!isMoment(placedAt) || typeof id !== 'string' || rest.length > 0) {
    throw new ClientError('BAD_USER_INPUT', '`after` is not a cursor of this list.');
  }
  return { placedAt, id };
}
