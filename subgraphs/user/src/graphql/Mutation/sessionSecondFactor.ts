import type { MutationResolvers } from '../../generated/graphql.js';
import { sessionPayload } from '../payload.js';

export const sessionSecondFactor: NonNullable<MutationResolvers['sessionSecondFactor']> = async (
  _parent,
  { challenge, code },
  { app, client },
) => sessionPayload(await app.answerChallenge({ challenge, code, client }));
