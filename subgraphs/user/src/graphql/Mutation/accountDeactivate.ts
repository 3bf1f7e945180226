import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { acceptedPayload } from '../payload.js';

export const accountDeactivate: NonNullable<MutationResolvers['accountDeactivate']> = async (
  _parent,
  { password, code },
  { app, viewer, client },
) => acceptedPayload(await app.deactivateOwnAccount({ accountId: signedIn(viewer).userId, password, code, client }));
