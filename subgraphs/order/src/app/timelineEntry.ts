import { currentContext, newContext, newId } from '@souk/runtime';
import type { TimelineEntry, TimelineType } from '../domain/order.js';

/** An entry of now; actor and trace come from the unit of work. */
export function timelineEntry(
  type: TimelineType,
  createdAt: Date,
  parts: Partial<Pick<TimelineEntry, 'message' | 'isPublic' | 'data'>> = {},
): TimelineEntry {
  const context = currentContext() ?? newContext('background');
  return {
    id: newId('oev', createdAt),
    type,
    message: parts.message ?? null,
    actor: context.actor,
    traceId: context.traceId,
    isPublic: parts.isPublic ?? true,
    data: parts.data ?? null,
    createdAt,
  };
}
