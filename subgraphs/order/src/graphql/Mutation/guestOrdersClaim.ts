import { ClientError } from '@souk/runtime';
import type { MutationResolvers } from '../../generated/graphql.js';
import { selectedParts } from '../selection.js';
import { userErrorsOf } from '../userErrors.js';

/** More are in the order history. */
const SHOWN = 50;

export const guestOrdersClaim: NonNullable<MutationResolvers['guestOrdersClaim']> = async (
  _,
  _arguments,
  { app, viewer, loaders },
  info,
) => {
  if (viewer.kind !== 'user') throw new ClientError('UNAUTHENTICATED', 'Sign in to do this.');
  const result = await app.claimGuestOrders(viewer.userId);
  if (!result.ok) return { claimedCount: 0, orders: [], userErrors: userErrorsOf(result.errors) };
  const { orderIds } = result;
  const loader = loaders.order(selectedParts(info));
  const orders = await Promise.all(orderIds.slice(0, SHOWN).map((id) => loader.load(id)));
  return { claimedCount: orderIds.length, orders: orders.filter((order) => order !== undefined), userErrors: [] };
};
