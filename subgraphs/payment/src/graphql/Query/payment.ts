import type { QueryResolvers } from '../../generated/graphql.js';
import { selectsHistory } from '../selection.js';

export const payment: NonNullable<QueryResolvers['payment']> = (_, { id }, { loaders }, info) =>
  loaders.payment(selectsHistory(info)).load(id);
