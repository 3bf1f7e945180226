import { isMoney, type Money } from '@souk/money';
import { currentContext, newContext, newId, ServiceUnavailable } from '@souk/runtime';
import { checkoutDraft } from '../domain/checkoutDraft.js';
import type { Draft, DraftContent } from '../domain/draft.js';
import type { OrderView } from '../domain/order.js';
import type { PlainRefusal, Refusal } from '../domain/refusal.js';
import { DRAFT_CHANGED } from './checkoutPlacement.js';
import { draftFault } from './draftInput.js';
import type { DraftPage, DraftStore } from './draftPorts.js';
import { hashOf, KEY_PATTERN } from './editInput.js';
import type { FullQuote, QuotePort } from './editPorts.js';
import { pageSize } from './findOrders.js';
import { type PlaceOrderDeps, placeOnce } from './placeOrder.js';
import type { Clock } from './ports.js';

export interface DraftDeps extends PlaceOrderDeps {
  readonly draftStore: DraftStore;
  readonly quotes: QuotePort;
  readonly clock: Clock;
}

export type DraftResult =
  | { readonly ok: true; readonly draft: Draft }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

export type CompleteDraftResult =
  | { readonly ok: true; readonly draft: Draft; readonly order: OrderView; readonly replayed: boolean }
  | { readonly ok: false; readonly draft: Draft | null; readonly errors: readonly Refusal[] };

const refuse = (code: PlainRefusal['code'], message: string, ...field: string[]) =>
  ({ ok: false, errors: [{ code, message, field }] }) as const;

const actor = (): string => (currentContext() ?? newContext('background')).actor;

/** Makes a draft; the same key with the same input again answers the same draft. Reserves nothing. */
export const createDraft =
  (deps: Pick<DraftDeps, 'draftStore' | 'clock'>) =>
  async (content: DraftContent, idempotencyKey: string): Promise<DraftResult> => {
    if (!KEY_PATTERN.test(idempotencyKey)) {
      const message = 'The idempotency key must have 8 to 100 printable characters without spaces.';
      return refuse('INVALID', message, 'idempotencyKey');
    }
    const fault = draftFault(content);
    if (fault !== null) return { ok: false, errors: [fault] };
    const now = deps.clock();
    const inputHash = hashOf(content);
    const draft = await deps.draftStore.create({
      id: newId('drf', now),
      state: 'OPEN',
      content,
      orderId: null,
      createdBy: actor(),
      key: `${actor()}:${idempotencyKey}`,
      inputHash,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    return draft.inputHash === inputHash
      ? { ok: true, draft }
      : refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another draft. Use a new key.', 'idempotencyKey');
  };

/** Replaces what an open draft says, as long as it is in the version that staff saw. */
export const updateDraft =
  (deps: Pick<DraftDeps, 'draftStore' | 'clock'>) =>
  async (id: string, version: number, content: DraftContent): Promise<DraftResult> => {
    const fault = draftFault(content);
    if (fault !== null) return { ok: false, errors: [fault] };
    const draft = await deps.draftStore.update(id, version, content, deps.clock());
    return draft === undefined ? whyNot(deps, id) : { ok: true, draft };
  };

/** Throws an open draft away; doing it twice is once. */
export const deleteDraft =
  (deps: Pick<DraftDeps, 'draftStore' | 'clock'>) =>
  async (id: string): Promise<DraftResult> => {
    const removed = await deps.draftStore.remove(id, deps.clock());
    if (removed !== undefined) return { ok: true, draft: removed };
    const [draft] = await deps.draftStore.byIds([id]);
    return draft?.state === 'DELETED' ? { ok: true, draft } : whyNot(deps, id);
  };

/**
 * Makes the order of a draft, once: by the same persisted saga as a cart's. Afterwards there is one PENDING_PAYMENT order with its stock
 * reserved and `order.placed` published, which tells the customer where to pay, and the draft is COMPLETED; or a refusal with
 * none of these. Completing it again answers the same order.
 */
export const completeDraft =
  (deps: DraftDeps) =>
  async (id: string, version: number, expectedTotal: Money): Promise<CompleteDraftResult> => {
    const no = (code: PlainRefusal['code'], message: string, field: string, draft: Draft | null = null) =>
      ({ ...refuse(code, message, field), draft }) satisfies CompleteDraftResult;
    const [draft] = await deps.draftStore.byIds([id]);
    if (draft === undefined || draft.state === 'DELETED') return no('NOT_FOUND', 'There is no such draft.', 'id');
    if (draft.orderId !== null) return completed(deps, draft, draft.orderId, true);
    if (!isMoney(expectedTotal) || expectedTotal.centAmount < 0) {
      return no('INVALID', 'The expected total must be an amount in a known currency.', 'expectedTotal', draft);
    }
    if (draft.version !== version) return { ok: false, draft, errors: [DRAFT_CHANGED] };
    const { centAmount, currencyCode } = expectedTotal;
    const result = await placeOnce(deps, {
      scope: `draft:${id}`,
      // Staff who see another total try anew; however many try, the draft is taken by one commit.
      key: `v${version}:${centAmount}:${currencyCode}`,
      inputHash: hashOf([id, version, centAmount, currencyCode]),
      customerId: draft.content.customerId,
      input: {
        draftId: id,
        draftVersion: version,
        expectedTotal: { centAmount, currencyCode },
        locale: draft.content.locale,
        actor: actor(),
      },
    });
    if (result.ok) return completed(deps, draft, result.order.id, result.replayed);
    return { ok: false, draft, errors: result.errors };
  };

async function completed(
  deps: DraftDeps,
  { id }: Draft,
  orderId: string,
  replayed: boolean,
): Promise<CompleteDraftResult> {
  const [[draft], [order]] = await Promise.all([
    deps.draftStore.byIds([id]),
    deps.orders.byIds([orderId], { lines: true, timeline: true }),
  ]);
  if (draft === undefined || order === undefined) throw new Error(`draft ${id} has lost its order`);
  return { ok: true, draft, order, replayed };
}

/** What a draft would cost now, and what stands in the way of completing it. Null while it says not enough to be priced. */
export interface DraftPrice {
  readonly quote: FullQuote | null;
  readonly problems: readonly Refusal[];
}

/** Prices a draft with one question to the cart service. An outage is a problem of the draft, not an error. */
export const priceDraft =
  (deps: Pick<DraftDeps, 'quotes'>) =>
  async ({ content }: Draft): Promise<DraftPrice> => {
    const { shippingAddress, currencyCode, lines, shippingMethodId, discount } = content;
    if (shippingAddress === null || lines.length === 0) {
      return { quote: null, problems: [incomplete] };
    }
    try {
      const { countryCode } = shippingAddress;
      const answer = await deps.quotes.quote({ currencyCode, countryCode, lines, shippingMethodId, discount });
      if (answer.kind === 'REFUSED') return { quote: null, problems: [answer.refusal] };
      const checkout = checkoutDraft(content, answer.quote);
      return { quote: answer.quote, problems: checkout.ok ? [] : checkout.refusals };
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      return { quote: null, problems: [AWAY] };
    }
  };

const incomplete: PlainRefusal = {
  code: 'SHIPPING_ADDRESS_NOT_SET',
  message: 'A draft is priced once it has lines and a shipping address.',
};
const AWAY: PlainRefusal = {
  code: 'DEPENDENCY_UNAVAILABLE',
  message: 'The draft cannot be priced right now. Try again in a moment.',
};

/** Drafts, newest first; those that were thrown away only when they are asked for. */
export const listDrafts =
  (deps: Pick<DraftDeps, 'draftStore'>) =>
  (request: Parameters<DraftStore['page']>[0]): Promise<DraftPage> =>
    deps.draftStore.page({ ...request, first: pageSize(request.first) });

async function whyNot(deps: Pick<DraftDeps, 'draftStore'>, id: string): Promise<DraftResult & { readonly ok: false }> {
  const [draft] = await deps.draftStore.byIds([id]);
  return draft === undefined || draft.state === 'DELETED'
    ? refuse('NOT_FOUND', 'There is no such draft.', 'id')
    : { ok: false, errors: [DRAFT_CHANGED] };
}
