import type { EditResult } from '../app/editOrder.js';
import { editModel } from './editModel.js';
import { userErrorsOf } from './userErrors.js';

/** What a mutation of an edit answers. */
export function editPayload(result: EditResult) {
  if (!result.ok) {
    return {
      order: null,
      change: null,
      edit: null,
      replayed: result.replayed,
      userErrors: userErrorsOf(result.errors),
    };
  }
  const { order, plan, edit, replayed } = result;
  const { currencyCode } = order;
  return {
    order,
    change: { plan, currencyCode },
    edit: (edit && editModel(edit, currencyCode)) ?? null,
    replayed,
    userErrors: [],
  };
}
