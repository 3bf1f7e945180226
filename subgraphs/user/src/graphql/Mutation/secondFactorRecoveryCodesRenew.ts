import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { recoveryCodesPayload } from '../payload.js';

export const secondFactorRecoveryCodesRenew: NonNullable<MutationResolvers['secondFactorRecoveryCodesRenew']> = async (
  _parent,
  { password, code },
  { app, viewer, client },
) => {
  const { userId: accountId } = signedIn(viewer);
  return recoveryCodesPayload(await app.renewRecoveryCodes({ accountId, password, code, client }));
};
