import { ClientError } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';

const MAX_VARIANTS = 500;

export const variantsForCart: NonNullable<QueryResolvers['variantsForCart']> = (_parent, { ids, fresh }, context) => {
  if (ids.length > MAX_VARIANTS) throw new ClientError('BAD_USER_INPUT', `At most ${MAX_VARIANTS} variants at once.`);
  return context.app.quoteVariants(ids, fresh);
};
