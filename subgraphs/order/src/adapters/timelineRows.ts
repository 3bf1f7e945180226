import type { TimelineEntry } from '../domain/order.js';

/** SQL that writes timeline entries, given as the JSON of `timelineRows`; `entry` can be guarded by a `WHERE` that follows. */
export const TIMELINE_INSERT = (param: string): string => `INSERT INTO order_event
  (id, order_id, type, message, actor, trace_id, is_public, data, created_at)
SELECT entry.id, entry.order_id, entry.type, entry.message, entry.actor, entry.trace_id, entry.is_public, entry.data, entry.created_at
FROM jsonb_to_recordset(${param}::jsonb) AS entry(id text, order_id text, type text, message text, actor text, trace_id text,
  is_public boolean, data jsonb, created_at timestamptz)`;

export function timelineRows(orderId: string, timeline: readonly TimelineEntry[]) {
  return timeline.map((entry) => ({
    id: entry.id,
    order_id: orderId,
    type: entry.type,
    message: entry.message,
    actor: entry.actor,
    trace_id: entry.traceId,
    is_public: entry.isPublic,
    data: entry.data,
    created_at: entry.createdAt,
  }));
}
