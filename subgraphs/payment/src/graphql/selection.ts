import { asksAnywhereFor } from '@souk/runtime';
import type { GraphQLResolveInfo } from 'graphql';

/** Whether the history of payments is selected anywhere below a field. */
export const selectsHistory = (info: GraphQLResolveInfo): boolean => asksAnywhereFor(info, 'events');
