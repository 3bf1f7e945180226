import { type CartError, cartError } from '../domain/cartError.js';
import type { Promotion } from '../domain/promotion.js';
import { type PromotionData, type PromotionInput, readPromotion } from '../domain/promotionInput.js';
import type { RulesSource } from './ports.js';

export interface PromotionStore {
  read(id: string): Promise<Promotion | undefined>;
  /** Newest first, after the promotion of this id. */
  list(o: { first: number; after: string | undefined }): Promise<Promotion[]>;
  /** Undefined: the code is taken. */
  create(id: string, data: PromotionData): Promise<Promotion | undefined>;
  /** `CODE_TAKEN` or `GONE` change nothing. */
  update(id: string, data: PromotionData): Promise<Promotion | 'CODE_TAKEN' | 'GONE'>;
  /** Deletes what was never used (null), deactivates what was. `GONE`: there is no such promotion. */
  remove(id: string): Promise<Promotion | null | 'GONE'>;
}

export interface PromotionDeps {
  readonly promotions: PromotionStore;
  readonly rules: RulesSource;
  readonly newPromotionId: () => string;
}

export interface PromotionResult {
  readonly promotion: Promotion | null;
  readonly errors: readonly CartError[];
}

const refuse = (...errors: readonly CartError[]): PromotionResult => ({ promotion: null, errors });
const codeTaken = () => refuse(cartError('CONFLICT', 'Another promotion has this code.', ['input', 'code']));
const gone = () => refuse(cartError('NOT_FOUND', 'There is no such promotion.', ['id']));

/** Promotions, newest first; `first` is capped by the caller. */
export const listPromotions =
  (deps: Pick<PromotionDeps, 'promotions'>) =>
  (o: { first: number; after: string | undefined }): Promise<Promotion[]> =>
    deps.promotions.list(o);

/** Makes a promotion; carts in this process see it at once, those in others within seconds. */
export const createPromotion =
  (deps: PromotionDeps) =>
  async (input: PromotionInput): Promise<PromotionResult> => {
    const read = readPromotion(input);
    if ('errors' in read) return refuse(...read.errors);
    const promotion = await deps.promotions.create(deps.newPromotionId(), read.data);
    if (!promotion) return codeTaken();
    await deps.rules.refresh();
    return { promotion, errors: [] };
  };

/** Changes what is given. Orders that used the promotion keep what they were told. */
export const updatePromotion =
  (deps: PromotionDeps) =>
  async (id: string, input: PromotionInput): Promise<PromotionResult> => {
    const before = await deps.promotions.read(id);
    if (!before) return gone();
    const read = readPromotion(input, before);
    if ('errors' in read) return refuse(...read.errors);
    const promotion = await deps.promotions.update(id, read.data);
    if (promotion === 'GONE') return gone();
    if (promotion === 'CODE_TAKEN') return codeTaken();
    await deps.rules.refresh();
    return { promotion, errors: [] };
  };

/** Deletes a promotion that no order used; one that was used is deactivated, since its uses are part of orders. */
export const deletePromotion =
  (deps: PromotionDeps) =>
  async (id: string): Promise<PromotionResult> => {
    const promotion = await deps.promotions.remove(id);
    if (promotion === 'GONE') return gone();
    await deps.rules.refresh();
    return { promotion, errors: [] };
  };
