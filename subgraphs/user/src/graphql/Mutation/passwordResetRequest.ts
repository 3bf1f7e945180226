import type { MutationResolvers } from '../../generated/graphql.js';
import { acceptedPayload } from '../payload.js';

export const passwordResetRequest: NonNullable<MutationResolvers['passwordResetRequest']> = async (
  _parent,
  { email },
  { app },
) => acceptedPayload(await app.requestLink('RESET_PASSWORD', email));
