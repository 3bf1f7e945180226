import { z } from 'zod';
import type { OpenedIntent } from '../../app/ports.js';
import type { IntentSnapshot } from '../../domain/decideIntent.js';
import type { RefundSnapshot } from '../../domain/decideRefund.js';
import { fromPaypalAmount } from './amounts.js';

const amount = z.object({ currency_code: z.string(), value: z.string() }).transform(({ currency_code, value }) => ({
  currencyCode: currency_code,
  cents: fromPaypalAmount(value, currency_code),
}));
const links = z.array(z.object({ href: z.string(), rel: z.string() })).default([]);

/** The parts of PayPal's objects that this service reads; who pays is not among them. */
const authorizationSchema = z.object({
  id: z.string(),
  status: z.string(),
  amount,
  expiration_time: z.string().nullish(),
});
const captureSchema = z.object({ id: z.string(), status: z.string(), amount, final_capture: z.boolean().nullish() });
const refundSchema = z.object({ id: z.string(), status: z.string(), amount, custom_id: z.string().nullish(), links });
const orderSchema = z.object({
  id: z.string(),
  intent: z.string(),
  status: z.string(),
  update_time: z.string().nullish(),
  purchase_units: z
    .array(
      z.object({
        amount,
        custom_id: z.string().nullish(),
        payments: z
          .object({
            authorizations: z.array(authorizationSchema).nullish(),
            captures: z.array(captureSchema).nullish(),
            refunds: z.array(refundSchema).nullish(),
          })
          .nullish(),
      }),
    )
    .min(1),
  links,
});

export type PaypalCapture = z.output<typeof captureSchema>;
type PaypalRefund = z.output<typeof refundSchema>;

/** An order of PayPal's with its payments. */
export interface PaypalOrder {
  readonly id: string;
  readonly intent: string;
  readonly status: string;
  readonly updatedAt: string;
  readonly paymentId: string | null;
  readonly currencyCode: string;
  readonly authorizations: readonly z.output<typeof authorizationSchema>[];
  readonly captures: readonly PaypalCapture[];
  readonly refunds: readonly PaypalRefund[];
  readonly approvalUrl: string | null;
}

/** Throws on a shape that is not PayPal's. */
export function readOrder(body: unknown): PaypalOrder {
  const order = orderSchema.parse(body);
  const [unit] = order.purchase_units as [(typeof order.purchase_units)[number]];
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    updatedAt: order.update_time ?? '',
    paymentId: unit.custom_id ?? null,
    currencyCode: unit.amount.currencyCode,
    authorizations: unit.payments?.authorizations ?? [],
    captures: unit.payments?.captures ?? [],
    refunds: unit.payments?.refunds ?? [],
    approvalUrl: order.links.find(({ rel }) => rel === 'payer-action' || rel === 'approve')?.href ?? null,
  };
}

const TAKEN = new Set(['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED']);
export const isTaken = (capture: PaypalCapture): boolean => TAKEN.has(capture.status);

/** The authorization that money can still be taken of: PayPal puts another one in its place when it is renewed. */
export const openAuthorization = (order: PaypalOrder): PaypalOrder['authorizations'][number] | undefined =>
  order.authorizations.findLast(({ status }) => status === 'CREATED' || status === 'PARTIALLY_CAPTURED');

/** How an order stands, in our words. `failure` is a refusal that the order itself does not show. */
export function intentSnapshot(
  order: PaypalOrder,
  now: Date,
  failure: IntentSnapshot['failure'] = null,
): IntentSnapshot {
  const taken = order.captures.filter(isTaken).reduce((sum, capture) => sum + capture.amount.cents, 0);
  const open = openAuthorization(order);
  const until = open?.expiration_time ? new Date(open.expiration_time) : null;
  const authorized = order.authorizations.reduce((most, one) => Math.max(most, one.amount.cents), 0);
  return {
    reference: order.id,
    paymentId: order.paymentId,
    state: stateOf(order, taken, until !== null && until <= now, failure !== null),
    currencyCode: order.currencyCode,
    authorizedCents: Math.max(authorized, taken),
    capturedCents: taken,
    authorizedUntil: until,
    failure,
  };
}

function stateOf(order: PaypalOrder, taken: number, lapsed: boolean, failed: boolean): IntentSnapshot['state'] {
  const pending = order.captures.some(({ status }) => status === 'PENDING');
  switch (order.status) {
    case 'CREATED':
    case 'SAVED':
    case 'PAYER_ACTION_REQUIRED':
      return 'WAITING';
    case 'APPROVED':
      return failed ? 'WAITING' : 'APPROVED';
    case 'VOIDED':
      return taken > 0 ? 'CAPTURED' : 'CANCELLED';
    case 'COMPLETED':
      break;
    default:
      throw new Error(`unknown status ${order.status} of an order`);
  }
  if (openAuthorization(order) !== undefined && !lapsed) return 'AUTHORIZED';
  if (taken > 0) return 'CAPTURED';
  if (pending || order.authorizations.some(({ status }) => status === 'PENDING')) return 'PROCESSING';
  // Voided, lapsed, or refused by the payer's bank afterwards: nothing comes of this order any more.
  return 'CANCELLED';
}

/** An order that PayPal does not know any more: nobody approved it in time, and nobody can pay into it. */
export const forgotten = (reference: string, paymentId: string, currencyCode: string): IntentSnapshot => ({
  reference,
  paymentId,
  state: 'CANCELLED',
  currencyCode,
  authorizedCents: 0,
  capturedCents: 0,
  authorizedUntil: null,
  failure: null,
});

export const opened = (order: PaypalOrder, now: Date): OpenedIntent => ({
  intent: intentSnapshot(order, now),
  clientSecret: null,
  redirectUrl: order.approvalUrl,
});

/** What we write into a refund, so that it is found again: the payment's id as everywhere, and the refund's. */
export const refundMark = (paymentId: string, refundId: string): string => `${paymentId}/${refundId}`;
/** Our marks begin with the payment's id (a refund's has its own behind it). Anything else is not ours. */
export const paymentIdIn = (mark: string | undefined): string | null =>
  /^(pay_[0-9A-Za-z]+)(?:\/|$)/.exec(mark ?? '')?.[1] ?? null;

const refundIdOf = (refund: PaypalRefund): string | null => refund.custom_id?.split('/')[1] ?? null;

/** The parts that were made of one of our refunds: one for each capture that it is taken from. */
export const partsOf = (order: PaypalOrder, refundId: string): readonly PaypalRefund[] =>
  order.refunds.filter(
    (refund) => refundIdOf(refund) === refundId && refund.status !== 'FAILED' && refund.status !== 'CANCELLED',
  );

/** What can still be given back of a capture. */
export const leftOf = (order: PaypalOrder, capture: PaypalCapture): number =>
  order.refunds
    .filter(
      ({ status, links: of }) =>
        status !== 'FAILED' &&
        status !== 'CANCELLED' &&
        of.some(({ href }) => href.endsWith(`/captures/${capture.id}`)),
    )
    .reduce((left, refund) => left - refund.amount.cents, isTaken(capture) ? capture.amount.cents : 0);

/** What a refund is known by: the ids of its parts, in an order that everybody finds. */
export const referenceOf = (parts: readonly string[]): string => [...parts].sort().join('+');

/** Every refund of an order in our words; the parts of one of ours together. */
export function refundSnapshots(order: PaypalOrder): RefundSnapshot[] {
  const groups = new Map<string, PaypalRefund[]>();
  for (const refund of order.refunds) {
    const of = refundIdOf(refund) ?? refund.id;
    groups.set(of, [...(groups.get(of) ?? []), refund]);
  }
  return [...groups.values()].map((parts) => {
    const [first] = parts as [PaypalRefund];
    const made = parts.filter(({ status }) => status !== 'FAILED' && status !== 'CANCELLED');
    const state =
      made.length === 0 ? 'FAILED' : made.every(({ status }) => status === 'COMPLETED') ? 'SUCCEEDED' : 'PENDING';
    return {
      reference: referenceOf((made.length === 0 ? parts : made).map(({ id }) => id)),
      intentReference: order.id,
      refundId: refundIdOf(first),
      amountCents: (made.length === 0 ? parts : made).reduce((sum, part) => sum + part.amount.cents, 0),
      currencyCode: order.currencyCode,
      state,
      failureCode: state === 'FAILED' ? 'refund_failed' : null,
    };
  });
}
