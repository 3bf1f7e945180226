import { inDatabase } from '../invariant.js';

/** What the lines count is what parcels carried and returns brought back; else goods are shipped twice, or refunded twice. */
export const parcelsMatchLines = inDatabase({
  name: 'parcels-match-lines',
  why: 'a line counts exactly what its parcels carried, what of that was delivered, and what returns brought back',
  database: 'order',
  rows: 'SELECT FROM order_line',
  violations: `
    WITH parcels AS (
      SELECT c.line_id, sum(c.quantity) AS fulfilled, coalesce(sum(c.quantity) FILTER (WHERE f.status = 'DELIVERED'), 0) AS delivered
      FROM fulfillment f JOIN fulfillment_line c ON c.fulfillment_id = f.id WHERE f.status <> 'CANCELLED' GROUP BY c.line_id),
    back AS (SELECT line_id, sum(accepted) AS returned FROM order_return_line GROUP BY line_id)
    SELECT l.id AS key, l.order_id, format('fulfilled %s, delivered %s, returned %s; its parcels say %s and %s, its returns %s',
      l.quantity_fulfilled, l.quantity_delivered, l.quantity_returned, coalesce(p.fulfilled, 0), coalesce(p.delivered, 0),
      coalesce(b.returned, 0)) AS detail
    FROM order_line l LEFT JOIN parcels p ON p.line_id = l.id LEFT JOIN back b ON b.line_id = l.id
    WHERE l.quantity_fulfilled <> coalesce(p.fulfilled, 0) OR l.quantity_delivered <> coalesce(p.delivered, 0)
      OR l.quantity_returned <> coalesce(b.returned, 0)`,
});
