import { actorOf, newId, type Viewer } from '@souk/runtime';
import type { Refusal } from '../../domain/refusal.js';
import type { Providers } from '../ports.js';
import type { ReconciliationRun, ReconciliationStore, RecordedDifference } from './reconciliationPorts.js';

const MAX_NOTE = 1_000;

export type SettleResult =
  | { readonly ok: true; readonly difference: RecordedDifference }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/**
 * Staff have cleared up a difference: it is settled with a note of how, and stays so unless its amounts change. It moves no money.
 * The caller has checked that the viewer is staff. Again with the same note is answered the same.
 */
export const settleDifference =
  (deps: { reconciliation: Pick<ReconciliationStore, 'resolve' | 'byId'> }) =>
  async (viewer: Viewer, id: string, text: string): Promise<SettleResult> => {
    const note = text.trim();
    if (note === '' || note.length > MAX_NOTE) {
      return refuse('INVALID', `Say in 1 to ${MAX_NOTE} characters how it was cleared up.`, 'note');
    }
    const by = actorOf(viewer);
    const difference = await deps.reconciliation.resolve(id, by, note);
    if (difference !== undefined) return { ok: true, difference };
    const known = await deps.reconciliation.byId(id);
    if (known === undefined) return refuse('NOT_FOUND', 'There is no such difference.', 'id');
    if (known.resolvedBy === by && known.note === note) return { ok: true, difference: known };
    return refuse('ILLEGAL_TRANSITION', 'This difference is settled already.', 'id');
  };

export type RequestRunResult =
  | { readonly ok: true; readonly run: ReconciliationRun }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/** Asks for a run now; while one of this provider waits or runs, that is the answer. The caller has checked that the viewer is staff. */
export const requestRun =
  (deps: { reconciliation: Pick<ReconciliationStore, 'request'>; providers: Providers; wakeReconciling: () => void }) =>
  async (viewer: Viewer, provider: string): Promise<RequestRunResult> => {
    const list = deps.providers.get(provider)?.listTransactions ?? null;
    if (list === null)
      return refuse('NOT_FOUND', 'There is no such provider, or it has no list to compare with.', 'provider');
    const run = await deps.reconciliation.request(newId('rcn'), provider, actorOf(viewer));
    deps.wakeReconciling();
    return { ok: true, run };
  };

const refuse = (code: Refusal['code'], message: string, field: string): { ok: false; errors: Refusal[] } => ({
  ok: false,
  errors: [{ code, message, field: [field] }],
});
