import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { acceptedPayload } from '../payload.js';

export const emailChangeRequest: NonNullable<MutationResolvers['emailChangeRequest']> = async (
  _parent,
  { email, password, code },
  { app, viewer, client },
) =>
  acceptedPayload(await app.requestEmailChange({ accountId: signedIn(viewer).userId, email, password, code, client }));
