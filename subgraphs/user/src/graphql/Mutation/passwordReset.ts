import type { MutationResolvers } from '../../generated/graphql.js';
import { sessionPayload } from '../payload.js';

export const passwordReset: NonNullable<MutationResolvers['passwordReset']> = async (
  _parent,
  { token, password },
  { app, client },
) => sessionPayload(await app.resetPassword({ token, password, client }));
