import type { UserResolvers } from '../generated/graphql.js';

export const User: UserResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  paymentMethods: ({ id }, _, { loaders }) => loaders.methodsOfUser.load(id),
};
