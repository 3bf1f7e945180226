import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { userErrors } from '../payload.js';

export const accountDataExport: NonNullable<MutationResolvers['accountDataExport']> = async (
  _parent,
  _args,
  { app, viewer },
) => {
  const result = await app.requestDataExport(signedIn(viewer).userId);
  return { dataExport: result.ok ? result.value : null, userErrors: userErrors(result) };
};
