import type { MutationResolvers } from '../../generated/graphql.js';
import { sessionPayload } from '../payload.js';

export const sessionCreate: NonNullable<MutationResolvers['sessionCreate']> = async (
  _parent,
  { email, password },
  { app, client },
) => sessionPayload(await app.createSession({ email, password, client }));
