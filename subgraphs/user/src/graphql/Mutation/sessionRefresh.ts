import type { MutationResolvers } from '../../generated/graphql.js';
import { sessionPayload } from '../payload.js';

export const sessionRefresh: NonNullable<MutationResolvers['sessionRefresh']> = async (
  _parent,
  { refreshToken },
  { app, client },
) => sessionPayload(await app.refreshSession({ refreshToken: refreshToken ?? undefined, client }));
