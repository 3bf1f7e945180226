import type { WantedLine } from '../domain/lines.js';
import type { CartLineInput } from '../generated/graphql.js';

/** Lines as they were asked for; one unit unless said otherwise. */
export function wantedLines(lines: readonly CartLineInput[]): WantedLine[] {
  return lines.map(({ variantId, quantity }) => ({ variantId, quantity: quantity ?? 1 }));
}
