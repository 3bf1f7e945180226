import type { OrderEdit } from '../domain/edit.js';
import type { OrderEditModel } from './models.js';

/** An edit that was decided on, as the graph shows it. Undefined while it is being made, and for what was refused. */
export function editModel(edit: OrderEdit, currencyCode: string): OrderEditModel | undefined {
  const { plan, state } = edit;
  if (plan === null || state === 'PREPARING' || state === 'UNDOING' || state === 'REFUSED' || state === 'ABANDONED') {
    return undefined;
  }
  return { ...edit, plan, state, currencyCode };
}
