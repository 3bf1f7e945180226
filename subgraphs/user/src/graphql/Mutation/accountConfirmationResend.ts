import type { MutationResolvers } from '../../generated/graphql.js';
import { acceptedPayload } from '../payload.js';

export const accountConfirmationResend: NonNullable<MutationResolvers['accountConfirmationResend']> = async (
  _parent,
  { email },
  { app },
) => acceptedPayload(await app.requestLink('CONFIRM_EMAIL', email));
