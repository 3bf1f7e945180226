import { inDatabase } from '../invariant.js';

/**
 * An event carries the version of the order that it tells about. One that is ahead of its order, or two kinds of the same version of it, tell of
 * a change that was undone or overwritten.
 */
export const eventsFollowVersions = inDatabase({
  name: 'events-follow-versions',
  why: 'no published event tells of a version that its order has not reached, or of one status change twice',
  database: 'order',
  rows: 'SELECT FROM outbox_event',
  violations: `
    SELECT e.id AS key, format('%s of version %s, the order is at %s', e.type, e.sequence, o.version) AS detail
    FROM outbox_event e JOIN orders o ON o.id = e.aggregate_id WHERE e.sequence > o.version
    UNION ALL
    SELECT min(id), format('%s tells of version %s of %s %s times', type, sequence, aggregate_id, count(*))
    FROM outbox_event WHERE type IN ('order.placed', 'order.confirmed', 'order.expired', 'order.cancelled')
    GROUP BY aggregate_id, type, sequence HAVING count(*) > 1`,
});
