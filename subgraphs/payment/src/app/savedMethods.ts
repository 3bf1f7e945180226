import type { Logger, Viewer } from '@souk/runtime';
import type { Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import { untilApplied } from './changes.js';
import {
  type MethodStore,
  type PaymentProvider,
  type PaymentStore,
  ProviderRefused,
  type Providers,
  ProviderUnavailable,
  type SavedMethod,
} from './ports.js';
import { providerKeys } from './providerKeys.js';

export interface SavedMethodsDeps {
  readonly methods: MethodStore;
  readonly payments: PaymentStore;
  readonly providers: Providers;
  readonly logger: Logger;
  /** Starts a round of removing methods at their providers now. */
  readonly wakeRemoving: () => void;
}

/**
 * The customer of a user at a provider: made once, keyed by the user, and told nothing about him but his id. Throws what the
 * provider's port throws.
 */
export async function customerOf(
  methods: Pick<MethodStore, 'customerOf' | 'recordCustomer'>,
  provider: PaymentProvider,
  userId: string,
): Promise<string | null> {
  if (provider.savedMethods === null) return null;
  const known = await methods.customerOf(userId, provider.code);
  if (known !== undefined) return known;
  const made = await provider.savedMethods.createCustomer(userId, providerKeys.createCustomer(userId));
  return methods.recordCustomer(userId, provider.code, made);
}

/**
 * Lists what a customer has saved with a payment that ended well. Providers tell it by webhook, too; this is for the one that never
 * comes. Throws what the provider's port throws: then it is done later.
 */
export const saveMethods =
  (deps: Pick<SavedMethodsDeps, 'methods' | 'payments' | 'providers'>) =>
  async (payment: Payment): Promise<void> => {
    const provider = deps.providers.get(payment.provider);
    if (payment.customerReference !== null && provider?.savedMethods) {
      // In whole seconds, as providers date what they tell, so that a message of this very second is not taken for an older one.
      const asOf = new Date(Math.floor(Date.now() / 1_000) * 1_000);
      const saved = await provider.savedMethods.list(payment.customerReference);
      await deps.methods.save(payment.provider, payment.customerReference, saved, asOf);
    }
    await untilApplied(`payment ${payment.id}`, async () => {
      const [before] = await deps.payments.byIds([payment.id], false);
      if (before === undefined || !before.saveMethod) return true;
      const reconcileAt = before.state === 'CAPTURED' ? null : before.reconcileAt;
      const after: Payment = { ...before, saveMethod: false, reconcileAt, version: before.version + 1 };
      return (await deps.payments.apply({ before, after })) || undefined;
    });
  };

export type SaveMethods = ReturnType<typeof saveMethods>;

export type MethodResult =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

const NO_SUCH_METHOD: MethodResult & { ok: false } = {
  ok: false,
  errors: [{ code: 'NOT_FOUND', message: 'You have no such payment method.', field: ['id'] }],
};

/** The saved methods of each user that the viewer may see: his own. One statement. */
export const findMethods =
  (deps: Pick<SavedMethodsDeps, 'methods'>) =>
  async (viewer: Viewer, userIds: readonly string[]): Promise<(readonly SavedMethod[] | null)[]> => {
    const mine = userIds.filter((userId) => viewer.kind === 'user' && viewer.userId === userId);
    const found = mine.length === 0 ? [] : await deps.methods.ofUsers(mine);
    return userIds.map((userId) => (mine.includes(userId) ? found.filter((one) => one.userId === userId) : null));
  };

/**
 * Removes a saved method of the viewer: at once from his list, and then at the provider, which is asked until it has answered. One that
 * was removed before is answered the same.
 */
export const deleteMethod =
  (deps: Pick<SavedMethodsDeps, 'methods' | 'wakeRemoving'>) =>
  async (viewer: Viewer, id: string): Promise<MethodResult> => {
    if (viewer.kind !== 'user' || !(await deps.methods.remove(viewer.userId, id))) return NO_SUCH_METHOD;
    deps.wakeRemoving();
    return { ok: true, userId: viewer.userId };
  };

/** Makes one saved method of the viewer his default. */
export const setDefaultMethod =
  (deps: Pick<SavedMethodsDeps, 'methods'>) =>
  async (viewer: Viewer, id: string): Promise<MethodResult> =>
    viewer.kind === 'user' && (await deps.methods.setDefault(viewer.userId, id))
      ? { ok: true, userId: viewer.userId }
      : NO_SUCH_METHOD;

const BATCH = 20;

/** One round of removing methods at their providers. Answers whether there may be more. */
export const removeMethods = (deps: Pick<SavedMethodsDeps, 'methods' | 'providers' | 'logger'>) => async () => {
  const due = await deps.methods.takeRemoved(BATCH);
  for (const method of due) {
    try {
      const saved = deps.providers.get(method.provider)?.savedMethods;
      await saved?.remove(method.reference, providerKeys.removeMethod(method.id));
    } catch (error) {
      if (error instanceof ProviderUnavailable) {
        deps.logger.warn({ err: error, methodId: method.id }, 'a saved method is removed at its provider later');
        continue;
      }
      if (!(error instanceof ProviderRefused)) throw error;
      deps.logger.warn(
        { err: error, methodId: method.id, code: error.code },
        'a provider does not know a saved method',
      );
    }
    await deps.methods.removed(method.id);
  }
  return due.length === BATCH;
};
