import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { acceptedPayload } from '../payload.js';

export const sessionRevoke: NonNullable<MutationResolvers['sessionRevoke']> = async (
  _parent,
  { id },
  { app, viewer },
) => {
  const { userId, sessionId } = signedIn(viewer);
  return acceptedPayload(await app.revokeSession(userId, id ?? sessionId));
};
