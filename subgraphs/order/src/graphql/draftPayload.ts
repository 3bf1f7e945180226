import type { DraftResult } from '../app/drafts.js';
import { userErrorsOf } from './userErrors.js';

export const draftPayload = (result: DraftResult) =>
  result.ok
    ? { draftOrder: result.draft, userErrors: [] }
    : { draftOrder: null, userErrors: userErrorsOf(result.errors) };
