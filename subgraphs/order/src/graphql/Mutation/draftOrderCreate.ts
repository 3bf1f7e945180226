import type { MutationResolvers } from '../../generated/graphql.js';
import { draftContent, isRefusal } from '../draftContent.js';
import { draftPayload } from '../draftPayload.js';

export const draftOrderCreate: NonNullable<MutationResolvers['draftOrderCreate']> = async (
  _,
  { input, idempotencyKey },
  { app },
) => {
  const content = draftContent(input);
  return draftPayload(
    isRefusal(content) ? { ok: false, errors: [content] } : await app.createDraft(content, idempotencyKey),
  );
};
