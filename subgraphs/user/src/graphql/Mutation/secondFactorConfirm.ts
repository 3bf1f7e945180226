import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { recoveryCodesPayload } from '../payload.js';

export const secondFactorConfirm: NonNullable<MutationResolvers['secondFactorConfirm']> = async (
  _parent,
  { code },
  { app, viewer },
) => {
  const { userId: accountId, sessionId } = signedIn(viewer);
  return recoveryCodesPayload(await app.confirmSecondFactor({ accountId, sessionId, code }));
};
