import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';
import { wantedLines } from '../wantedLines.js';

export const cartCreate: NonNullable<MutationResolvers['cartCreate']> = async (_parent, { input }, context) => {
  const result = await context.app.createCart({
    userId: userIdOf(context.viewer),
    input: { ...input, lines: wantedLines(input?.lines ?? []) },
  });
  return cartPayload(context, result, result.token);
};
