import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

const ARGUMENTS: Readonly<Record<string, string>> = { shippingAddress: 'shipping', billingAddress: 'billing' };

export const cartAddressesUpdate: NonNullable<MutationResolvers['cartAddressesUpdate']> = async (
  _parent,
  { cartId, shipping, billing },
  context,
) =>
  cartPayload(
    context,
    await context.app.changeBuyer({
      cartId,
      userId: userIdOf(context.viewer),
      input: { shippingAddress: shipping, billingAddress: billing },
      at: (part) => [ARGUMENTS[part] ?? part],
    }),
  );
