import { inDatabase } from '../invariant.js';

/** Invoices are numbered without gaps because the law asks where a missing one is. */
export const documentsHaveNoGaps = inDatabase({
  name: 'documents-have-no-gaps',
  why: 'the numbers of each series of documents go from 1 to the last one, each once',
  database: 'payment',
  rows: 'SELECT FROM payment_document',
  violations: `
    SELECT coalesce(s.series, d.series) AS key, format('%s documents, numbered %s to %s, the last number given is %s',
      coalesce(d.documents, 0), d.first, d.highest, coalesce(s.last::text, 'none')) AS detail
    FROM document_series s FULL JOIN (
      SELECT series, count(*) AS documents, min(sequence) AS first, max(sequence) AS highest
      FROM payment_document GROUP BY series) AS d ON d.series = s.series
    WHERE s.last IS DISTINCT FROM d.highest OR d.first IS DISTINCT FROM 1 OR d.documents IS DISTINCT FROM d.highest`,
});
