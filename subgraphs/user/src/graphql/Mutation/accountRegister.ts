import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrors } from '../payload.js';

export const accountRegister: NonNullable<MutationResolvers['accountRegister']> = async (
  _parent,
  { input },
  { app },
) => {
  const result = await app.registerAccount(input);
  return {
    user: result.ok && result.value ? { ...result.value, own: true } : null,
    requiresConfirmation: app.confirmationRequired,
    userErrors: userErrors(result),
  };
};
