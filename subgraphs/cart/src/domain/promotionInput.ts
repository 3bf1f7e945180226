import { isCurrencyCode } from '@souk/money';
import { type CartError, cartError } from './cartError.js';
import { normalizeCode, type Promotion, type PromotionKind } from './promotion.js';

interface Amount {
  readonly centAmount: number;
  readonly currencyCode: string;
}

/** What staff send: left out keeps, null removes. */
export interface PromotionInput {
  readonly name?: string | null | undefined;
  readonly code?: string | null | undefined;
  readonly kind?: PromotionKind | null | undefined;
  readonly value?: number | null | undefined;
  readonly amount?: Amount | null | undefined;
  readonly minSubtotal?: Amount | null | undefined;
  readonly startsAt?: Date | null | undefined;
  readonly endsAt?: Date | null | undefined;
  readonly usageLimit?: number | null | undefined;
  readonly perCustomerLimit?: number | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

export type PromotionData = Omit<Promotion, 'id' | 'timesUsed'>;

const EMPTY: PromotionData = {
  name: '',
  code: null,
  kind: 'PERCENT_OFF_ORDER',
  value: 0,
  currencyCode: null,
  amount: null,
  minSubtotal: null,
  startsAt: null,
  endsAt: null,
  usageLimit: null,
  perCustomerLimit: null,
  isActive: true,
};

const at = (name: string): readonly string[] => ['input', name];

/** The promotion that an input makes of `before` (of nothing when it is new), or everything that is wrong with it. */
export function readPromotion(
  input: PromotionInput,
  before?: PromotionData,
): { data: PromotionData } | { errors: CartError[] } {
  const base = before ?? EMPTY;
  const errors: CartError[] = [];
  const kind = input.kind ?? base.kind;
  if (!before && !input.kind) errors.push(cartError('REQUIRED', 'A kind is needed.', at('kind')));
  const name = (input.name ?? base.name).trim();
  if (name === '' || name.length > 100)
    errors.push(cartError('INVALID', 'A name has 1 to 100 characters.', at('name')));

  const code = input.code == null ? (input.code === null ? null : base.code) : normalizeCode(input.code);
  if (code === undefined) errors.push(cartError('INVALID', 'A code has 3 to 40 letters, digits, - and _.', at('code')));

  const amount = keep(
    input.amount,
    base.amount === null ? null : { centAmount: base.amount, currencyCode: base.currencyCode ?? '' },
  );
  const min = keep(
    input.minSubtotal,
    base.minSubtotal === null ? null : { centAmount: base.minSubtotal, currencyCode: base.currencyCode ?? '' },
  );
  errors.push(...checkAmount(amount, 'amount'), ...checkAmount(min, 'minSubtotal'));
  if (amount && min && amount.currencyCode !== min.currencyCode) {
    errors.push(cartError('CURRENCY_MISMATCH', 'Both amounts must be in one currency.', at('minSubtotal')));
  }
  const value = kind === 'PERCENT_OFF_ORDER' ? (input.value ?? base.value) : 0;
  if (kind === 'PERCENT_OFF_ORDER' && (value < 1 || value > 100)) {
    errors.push(cartError('INVALID', 'The percentage is 1 to 100.', at('value')));
  }
  if (kind === 'AMOUNT_OFF_ORDER' && !amount) errors.push(cartError('REQUIRED', 'The amount is needed.', at('amount')));
  if (kind !== 'AMOUNT_OFF_ORDER' && input.amount) {
    errors.push(cartError('INVALID', 'Only AMOUNT_OFF_ORDER has an amount.', at('amount')));
  }
  const usageLimit = keep(input.usageLimit, base.usageLimit);
  const perCustomerLimit = keep(input.perCustomerLimit, base.perCustomerLimit);
  if (usageLimit !== null && usageLimit < 1)
    errors.push(cartError('INVALID', 'A limit is at least 1.', at('usageLimit')));
  if (perCustomerLimit !== null && perCustomerLimit < 1) {
    errors.push(cartError('INVALID', 'A limit is at least 1.', at('perCustomerLimit')));
  }
  const startsAt = keep(input.startsAt, base.startsAt);
  const endsAt = keep(input.endsAt, base.endsAt);
  if (startsAt && endsAt && startsAt >= endsAt) {
    errors.push(cartError('INVALID', 'A promotion ends after it starts.', at('endsAt')));
  }
  if (errors.length > 0) return { errors };
  const taken = kind === 'AMOUNT_OFF_ORDER' ? amount : null;
  return {
    data: {
      name,
      code: code ?? null,
      kind,
      value,
      currencyCode: taken?.currencyCode ?? min?.currencyCode ?? null,
      amount: taken?.centAmount ?? null,
      minSubtotal: min?.centAmount ?? null,
      startsAt,
      endsAt,
      usageLimit,
      perCustomerLimit,
      isActive: input.isActive ?? base.isActive,
    },
  };
}

function keep<T>(given: T | null | undefined, before: T | null): T | null {
  return given === undefined ? before : given;
}

function checkAmount(amount: Amount | null, name: string): CartError[] {
  if (amount === null) return [];
  if (!isCurrencyCode(amount.currencyCode))
    return [cartError('INVALID', 'This is not a currency of ISO 4217.', at(name))];
  return amount.centAmount > 0 ? [] : [cartError('INVALID', 'An amount is more than 0.', at(name))];
}
