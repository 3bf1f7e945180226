import type { MutationResolvers } from '../../generated/graphql.js';
import { sessionPayload } from '../payload.js';

export const accountConfirm: NonNullable<MutationResolvers['accountConfirm']> = async (
  _parent,
  { token },
  { app, client },
) => sessionPayload(await app.confirmAccount({ token, client }));
