import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { acceptedPayload } from '../payload.js';

export const sessionsRevokeAll: NonNullable<MutationResolvers['sessionsRevokeAll']> = async (
  _parent,
  { exceptCurrent },
  { app, viewer },
) => {
  const { userId, sessionId } = signedIn(viewer);
  return acceptedPayload(await app.revokeAllSessions(userId, exceptCurrent ? sessionId : undefined));
};
