import type { MutationResolvers } from '../../generated/graphql.js';
import { draftContent, isRefusal } from '../draftContent.js';
import { draftPayload } from '../draftPayload.js';

export const draftOrderUpdate: NonNullable<MutationResolvers['draftOrderUpdate']> = async (
  _,
  { id, version, input },
  { app },
) => {
  const content = draftContent(input);
  return draftPayload(
    isRefusal(content) ? { ok: false, errors: [content] } : await app.updateDraft(id, version, content),
  );
};
