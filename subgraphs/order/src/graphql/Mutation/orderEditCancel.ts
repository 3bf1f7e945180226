import type { MutationResolvers } from '../../generated/graphql.js';
import { editPayload } from '../editPayload.js';

export const orderEditCancel: NonNullable<MutationResolvers['orderEditCancel']> = async (_, { id }, { app }) =>
  editPayload(await app.cancelEdit(id));
