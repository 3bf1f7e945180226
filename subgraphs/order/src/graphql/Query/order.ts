import type { QueryResolvers } from '../../generated/graphql.js';
import { selectedParts } from '../selection.js';

export const order: NonNullable<QueryResolvers['order']> = (_, { id }, { loaders }, info) =>
  loaders.order(selectedParts(info)).load(id);
