import { inDatabase } from '../invariant.js';

/** The tax office adds up what is printed: the rates of an invoice make its total, and no more is credited than was invoiced. */
export const documentsAddUp = inDatabase({
  name: 'documents-add-up',
  why: 'the tax table of each document sums to its total, and an order has no more credited than invoiced',
  database: 'payment',
  rows: 'SELECT FROM payment_document',
  violations: `
    WITH summed AS (
      SELECT d.id, d.number, d.kind, d.order_id, d.total_cents, coalesce(t.gross, 0) AS gross, coalesce(t.broken, 0) AS broken
      FROM payment_document d CROSS JOIN LATERAL (
        SELECT sum((row->>'grossCents')::bigint) AS gross, count(*) FILTER (
          WHERE (row->>'netCents')::bigint + (row->>'taxCents')::bigint <> (row->>'grossCents')::bigint) AS broken
        FROM jsonb_array_elements(d.model->'taxes') AS row) AS t)
    SELECT id AS key, order_id, format('%s says %s, its tax table %s', number, total_cents, gross) AS detail FROM summed
    WHERE broken > 0 OR abs(gross) > abs(total_cents) OR (kind = 'INVOICE' AND gross <> total_cents)
    UNION ALL
    SELECT order_id, order_id, format('credited %s of %s invoiced', sum(gross) FILTER (WHERE kind = 'CREDIT_NOTE'),
      coalesce(sum(gross) FILTER (WHERE kind = 'INVOICE'), 0))
    FROM summed GROUP BY order_id
    HAVING sum(gross) FILTER (WHERE kind = 'CREDIT_NOTE') > coalesce(sum(gross) FILTER (WHERE kind = 'INVOICE'), 0)`,
});
