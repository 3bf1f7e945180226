import { inDatabase } from '../invariant.js';

/** Also a CHECK of the table; here because a restored or migrated table may have lost it. */
export const stockIsNeverOversold = inDatabase({
  name: 'stock-is-never-oversold',
  why: 'no variant has promised more than it has, and no count is negative',
  database: 'product',
  rows: 'SELECT FROM inventory',
  violations: `
    SELECT variant_id AS key, format('on hand %s, reserved %s, sold %s', on_hand, reserved, sold) AS detail
    FROM inventory WHERE reserved > on_hand OR reserved < 0 OR on_hand < 0 OR sold < 0`,
});
