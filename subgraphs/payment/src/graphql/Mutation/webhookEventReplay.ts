import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const webhookEventReplay: NonNullable<MutationResolvers['webhookEventReplay']> = async (_, { id }, { app }) => {
  const result = await app.replayWebhook(id);
  return result.ok ? { event: result.event, userErrors: [] } : { event: null, userErrors: userErrorsOf(result.errors) };
};
