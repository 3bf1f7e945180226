import type { QueryResolvers } from '../../generated/graphql.js';
import { selectedParts } from '../selection.js';

export const orderForNotification: NonNullable<QueryResolvers['orderForNotification']> = (
  _,
  { id },
  { loaders },
  info,
) => loaders.order(selectedParts(info)).load(id);
