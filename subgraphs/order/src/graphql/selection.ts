import { asksAnywhereFor } from '@souk/runtime';
import type { GraphQLResolveInfo } from 'graphql';
import type { OrderParts } from '../app/ports.js';

/** The parts of orders that are selected anywhere below a field. */
export function selectedParts(info: GraphQLResolveInfo): OrderParts {
  const parcels = asksAnywhereFor(info, 'fulfillments', 'fulfillment', 'returns', 'return');
  return {
    lines: parcels || asksAnywhereFor(info, 'lines'),
    timeline: asksAnywhereFor(info, 'events'),
    ...(parcels && { parcels }),
  };
}
