import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';
import { wantedLines } from '../wantedLines.js';

export const cartLinesAdd: NonNullable<MutationResolvers['cartLinesAdd']> = async (
  _parent,
  { cartId, lines },
  context,
) =>
  cartPayload(
    context,
    await context.app.addCartLines({ cartId, userId: userIdOf(context.viewer), lines: wantedLines(lines) }),
  );
