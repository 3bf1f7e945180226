import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { userPayload } from '../payload.js';

export const accountUpdate: NonNullable<MutationResolvers['accountUpdate']> = async (_parent, { input }, context) =>
  userPayload(context, await context.app.updateAccount(signedIn(context.viewer).userId, input));
