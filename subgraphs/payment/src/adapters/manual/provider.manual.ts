import { fractionDigits, isCurrencyCode } from '@souk/money';
import { type BankAccount, type OpenedIntent, type PaymentProvider, ProviderRefused } from '../../app/ports.js';
import type { IntentSnapshot } from '../../domain/decideIntent.js';
import type { RefundSnapshot } from '../../domain/decideRefund.js';
import type { Payment, Refund } from '../../domain/payment.js';

/** Where it is offered. An empty list of currencies or countries means all of them. */
export interface ManualLimits {
  readonly currencies: readonly string[];
  readonly countries: readonly string[];
  /** In whole units of the order's currency; null: any amount. */
  readonly mostUnits: number | null;
}

/**
 * Customers transfer the money to the shop's account, with the order's number as reference, and staff record what has arrived. The order waits
 * for it longer than for a card.
 */
export function createBankTransferProvider(options: {
  account: BankAccount;
  limits: ManualLimits;
  paymentWindowMs: number;
}): PaymentProvider {
  return {
    ...manual('bank_transfer', 'Bank transfer', options.limits),
    captureMethod: 'MANUAL',
    byHand: { paymentWindowMs: options.paymentWindowMs, bankAccount: options.account },
    createIntent: async (payment) => opened(payment, { state: 'PROCESSING' }),
  };
}

/**
 * Customers pay when the goods arrive: the order is confirmed at once, as with authorized money, and staff record the cash. Void it when the
 * customer did not take the goods.
 */
export function createCashOnDeliveryProvider(options: { limits: ManualLimits }): PaymentProvider {
  return {
    ...manual('cash_on_delivery', 'Cash on delivery', options.limits),
    captureMethod: 'MANUAL',
    byHand: { paymentWindowMs: null, bankAccount: null },
    createIntent: async (payment) => opened(payment, { state: 'AUTHORIZED', authorizedCents: payment.amountCents }),
  };
}

type Manual = Omit<PaymentProvider, 'captureMethod' | 'createIntent' | 'byHand'>;

/**
 * What both have in common: nobody has to be asked, the payment itself is the record. An intent stands as the payment stands, and a refund is
 * made when staff say so (`refundRecord`), until then it is PENDING.
 */
function manual(code: string, name: string, limits: ManualLimits): Manual {
  return {
    code,
    name,
    publishableKey: null,
    severalCaptures: true,
    available: (purchase) => isWithin(limits, purchase),
    findIntent: async () => undefined,
    updateIntent: async (payment) => standing(payment),
    retrieveIntent: async (payment) => standing(payment),
    completeIntent: async (payment) => standing(payment).intent,
    captureIntent: async (payment, capture) =>
      snapshot(payment, {
        state: capture.final ? 'CAPTURED' : 'AUTHORIZED',
        capturedCents: capture.capturedBeforeCents + capture.amountCents,
      }),
    cancelIntent: async (payment) => snapshot(payment, { state: payment.capturedCents > 0 ? 'CAPTURED' : 'CANCELLED' }),
    refund: async (payment, refund) => refundSnapshot(payment, refund),
    retrieveRefund: async (payment, refund) => refundSnapshot(payment, refund),
    listRefunds: async (payment) => payment.refunds.map((refund) => refundSnapshot(payment, refund)),
    listTransactions: null,
    webhooks: null,
    savedMethods: null,
  };
}

function isWithin(limits: ManualLimits, purchase: Parameters<PaymentProvider['available']>[0]): boolean {
  const { currencyCode, countryCode, amountCents } = purchase;
  if (!isCurrencyCode(currencyCode)) return false;
  const { currencies, countries, mostUnits } = limits;
  const most = mostUnits === null ? Number.POSITIVE_INFINITY : mostUnits * 10 ** fractionDigits(currencyCode);
  return (
    (currencies.length === 0 || currencies.includes(currencyCode)) &&
    (countries.length === 0 || countryCode === null || countries.includes(countryCode)) &&
    (amountCents === null || amountCents <= most)
  );
}

const STATES = {
  // A bank transfer is on its way from the moment it was chosen.
  CREATED: 'PROCESSING',
  FAILED: 'PROCESSING',
  REQUIRES_ACTION: 'PROCESSING',
  PROCESSING: 'PROCESSING',
  AUTHORIZED: 'AUTHORIZED',
  CAPTURED: 'CAPTURED',
  CANCELLED: 'CANCELLED',
} as const;

const standing = (payment: Payment): OpenedIntent => opened(payment, { state: STATES[payment.state] });

const opened = (payment: Payment, parts: Partial<IntentSnapshot>): OpenedIntent => ({
  intent: snapshot(payment, parts),
  clientSecret: null,
  redirectUrl: null,
});

function snapshot(payment: Payment, parts: Partial<IntentSnapshot>): IntentSnapshot {
  return {
    reference: payment.id,
    paymentId: payment.id,
    state: 'PROCESSING',
    currencyCode: payment.currencyCode,
    authorizedCents: payment.authorizedCents,
    capturedCents: payment.capturedCents,
    authorizedUntil: null,
    failure: null,
    ...parts,
  };
}

/** What staff have recorded of a refund. `reference` is ours: there is no other record of it. */
export function refundSnapshot(payment: Payment, refund: Refund, state = refund.state): RefundSnapshot {
  if (refund.amountCents > payment.capturedCents) {
    throw new ProviderRefused('refund_exceeds_captured', `refund ${refund.id} is more than what was received`);
  }
  return {
    reference: refund.id,
    intentReference: payment.id,
    refundId: refund.id,
    amountCents: refund.amountCents,
    currencyCode: payment.currencyCode,
    state,
    failureCode: null,
  };
}
