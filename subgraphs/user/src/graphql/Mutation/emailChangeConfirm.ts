import type { MutationResolvers } from '../../generated/graphql.js';
import { acceptedPayload } from '../payload.js';

export const emailChangeConfirm: NonNullable<MutationResolvers['emailChangeConfirm']> = async (
  _parent,
  { token },
  { app },
) => acceptedPayload(await app.confirmEmailChange(token));
