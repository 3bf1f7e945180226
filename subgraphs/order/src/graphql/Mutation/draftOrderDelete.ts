import type { MutationResolvers } from '../../generated/graphql.js';
import { draftPayload } from '../draftPayload.js';

export const draftOrderDelete: NonNullable<MutationResolvers['draftOrderDelete']> = async (_, { id }, { app }) =>
  draftPayload(await app.deleteDraft(id));
