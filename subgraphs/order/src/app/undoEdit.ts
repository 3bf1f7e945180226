import { failpoint, type Logger, newContext, newId, runInContext } from '@souk/runtime';
import type { EditRefusal } from '../domain/edit.js';
import type { ClaimedEdit, EditStore } from './editPorts.js';
import type { StockPort } from './ports.js';

/** How long a run has its edit for itself: longer than all of its calls may take together. */
export const EDIT_LEASE_MS = 10_000;
const RETRY_MS = 500;
const RETRY_MAX_MS = 8_000;
const BATCH = 20;

export interface UndoEditDeps {
  readonly edits: EditStore;
  readonly stock: StockPort;
  readonly logger: Logger;
}

/** Gives back the stock of an edit that does not happen; what cannot be reached now is tried again by the sweeper until it is. */
export const undoEdit =
  (deps: UndoEditDeps) =>
  async (edit: ClaimedEdit, refusal: EditRefusal): Promise<void> => {
    try {
      await deps.stock.release(edit.id);
      await failpoint('order.edit.afterUndo');
      await deps.edits.endRefused(edit, refusal);
    } catch (error) {
      const delayMs = Math.min(RETRY_MS * 2 ** Math.min(edit.attempts, 10), RETRY_MAX_MS);
      deps.logger.warn({ err: error, editId: edit.id, delayMs }, 'undoing an edit is tried again');
      await deps.edits.postpone(edit, delayMs);
    }
  };

const DIED: EditRefusal = {
  remembered: false,
  errors: [
    {
      code: 'DEPENDENCY_UNAVAILABLE',
      message: 'The edit was interrupted; nothing was changed. Try again with the same key.',
    },
  ],
};

/**
 * One round of the edits' sweeper: an edit whose run died before it was written, or could not give back what it held, is undone. From then
 * on it does not happen; its key may try again. Several processes may do this at once. Answers how many.
 */
export const resumeEdits = (deps: UndoEditDeps) => {
  const undo = undoEdit(deps);
  return async (): Promise<number> => {
    const edits = await deps.edits.takeOver(newId('oed'), EDIT_LEASE_MS, BATCH);
    await Promise.all(
      edits.map(({ traceparent, correlationId, actor, ...edit }) => {
        const context = newContext('background', { traceparent, correlationId, actor });
        return runInContext(context, async () => {
          const mine = { ...edit, traceparent, correlationId, actor };
          const refusal = edit.refusal ?? DIED;
          try {
            if (edit.state === 'PREPARING' && !(await deps.edits.startUndo(mine, refusal, EDIT_LEASE_MS))) return;
            await undo(mine, refusal);
          } catch (error) {
            deps.logger.error({ err: error, editId: edit.id }, 'undoing an edit failed');
          }
        });
      }),
    );
    return edits.length;
  };
};
