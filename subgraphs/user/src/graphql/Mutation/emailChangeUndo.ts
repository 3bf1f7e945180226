import type { MutationResolvers } from '../../generated/graphql.js';
import { acceptedPayload } from '../payload.js';

export const emailChangeUndo: NonNullable<MutationResolvers['emailChangeUndo']> = async (_parent, { token }, { app }) =>
  acceptedPayload(await app.undoEmailChange(token));
