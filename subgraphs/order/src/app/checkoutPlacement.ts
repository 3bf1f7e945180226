import { checkoutDraft, incompleteBecause } from '../domain/checkoutDraft.js';
import type { DraftStore } from './draftPorts.js';
import type { QuotePort } from './editPorts.js';
import type { CartPort, CheckoutAnswer, DraftPlacement, Placement } from './ports.js';

export interface DraftCheckoutDeps {
  readonly store: Pick<DraftStore, 'byIds'>;
  readonly quotes: QuotePort;
  readonly paymentWindowMs: number;
}

export interface CheckoutPlacementDeps {
  readonly cart: CartPort;
  /** Drafts of the staff; absent: only carts are placed. */
  readonly drafts?: DraftCheckoutDeps;
}

/** The draft that a placement is of; null when it is of a cart. */
export const draftOf = ({ input }: Placement): DraftPlacement | null => ('draftId' in input ? input : null);

/** What is to be placed, priced at this moment; a cart is locked with it, a draft when it is committed. Throws ServiceUnavailable. */
export async function checkoutPlacement(deps: CheckoutPlacementDeps, placement: Placement): Promise<CheckoutAnswer> {
  const { input, orderId, customerId } = placement;
  if (!('draftId' in input)) {
    const { cartId, cartVersion } = input;
    return deps.cart.checkout({ cartId, cartVersion, orderId, viewerUserId: customerId });
  }
  if (deps.drafts === undefined) throw new Error('this process places no drafts');
  const [draft] = await deps.drafts.store.byIds([input.draftId]);
  if (draft?.state !== 'OPEN' || draft.version !== input.draftVersion) {
    return { kind: 'REFUSED', refusals: [DRAFT_CHANGED] };
  }
  const { content } = draft;
  const incomplete = incompleteBecause(content);
  if (incomplete.length > 0) return { kind: 'REFUSED', refusals: incomplete };
  const answer = await deps.drafts.quotes.quote({
    currencyCode: content.currencyCode,
    countryCode: content.shippingAddress?.countryCode ?? '',
    lines: content.lines,
    shippingMethodId: content.shippingMethodId,
    discount: content.discount,
  });
  if (answer.kind === 'REFUSED') {
    return answer.refusal.code === 'DEPENDENCY_UNAVAILABLE'
      ? { kind: 'UNAVAILABLE' }
      : { kind: 'REFUSED', refusals: [answer.refusal] };
  }
  const checkout = checkoutDraft(content, answer.quote);
  return checkout.ok ? { kind: 'LOCKED', cart: checkout.cart } : { kind: 'REFUSED', refusals: checkout.refusals };
}

export const DRAFT_CHANGED = {
  code: 'CONFLICT',
  message: 'The draft was changed, completed or deleted meanwhile. Look at it again.',
  field: ['version'],
} as const;
