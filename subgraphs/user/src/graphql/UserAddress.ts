import type { UserAddressResolvers } from '../generated/graphql.js';

export const UserAddress: UserAddressResolvers = {
  id: ({ entry }) => entry.id,
  address: ({ entry }) => entry.address,
  isDefaultShipping: ({ of, entry }) => of.defaultShippingId === entry.id,
  isDefaultBilling: ({ of, entry }) => of.defaultBillingId === entry.id,
};
