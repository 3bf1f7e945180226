import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { userErrors } from '../payload.js';

export const accountDelete: NonNullable<MutationResolvers['accountDelete']> = async (
  _parent,
  { password, code },
  { app, viewer, client },
) => {
  const result = await app.deleteAccount({ accountId: signedIn(viewer).userId, password, code, client });
  const deleted = result.ok ? result.value : undefined;
  return {
    accepted: result.ok,
    erasure: deleted?.erasure ?? null,
    erasureToken: deleted?.token ?? null,
    userErrors: userErrors(result),
  };
};
