import { inDatabase, late } from '../invariant.js';

/** A webhook that is stored and not processed is money that we do not know of. */
export const webhooksAreProcessed = inDatabase({
  name: 'webhooks-are-processed',
  why: "every message of a provider was processed, or found to be none of ours' business",
  database: 'payment',
  rows: 'SELECT FROM webhook_event',
  violations: `
    SELECT id AS key, format('%s is %s after %s attempts: %s', type, status, attempts, last_error) AS detail FROM webhook_event
    WHERE status = 'FAILED' OR (status = 'RECEIVED' AND ${late('received_at')})`,
});
