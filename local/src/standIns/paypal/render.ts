import type { Store } from '../openStore.js';
import { money } from './amounts.js';
import type {
  PaypalAuthorizationRecord,
  PaypalCaptureRecord,
  PaypalDisputeRecord,
  PaypalKind,
  PaypalObjects,
  PaypalOrderRecord,
  PaypalRefundRecord,
  PaypalTransactionRecord,
} from './records.js';

/** What rendering looks up: objects of an order hang below it. */
export type Reader = Pick<Store, 'get' | 'list'>;

const ids = (it: { invoiceId: string | null; customId: string | null }): object => ({
  ...(it.invoiceId === null ? {} : { invoice_id: it.invoiceId }),
  ...(it.customId === null ? {} : { custom_id: it.customId }),
});
const link = (href: string, rel: string, method = 'GET') => ({ href, rel, method });

/** An object in the shape of PayPal's API. `base` is the address that PayPal's API is served at. */
export function render(
  kind: Exclude<PaypalKind, 'paypal_transaction'>,
  id: string,
  store: Reader,
  base: string,
): object {
  const record = store.get(kind, id);
  if (record === undefined) throw new Error(`there is no ${kind} ${id}`);
  return renderers[kind](record as never, base, store);
}

/** What `Prefer: return=minimal` (the default) answers. */
export function minimal(whole: object): object {
  const { id, status, links } = whole as Record<string, unknown>;
  return { id, status, links };
}

function order(it: PaypalOrderRecord, base: string, store: Reader): object {
  const of = <K extends 'paypal_authorization' | 'paypal_capture' | 'paypal_refund'>(kind: K): PaypalObjects[K][] =>
    (store.list(kind) as (PaypalObjects[K] & { order: string })[]).filter((one) => one.order === it.id).reverse();
  const payments = {
    authorizations: of('paypal_authorization').map((one) => authorization(one, base)),
    captures: of('paypal_capture').map((one) => capture(one, base)),
    refunds: of('paypal_refund').map((one) => refund(one, base)),
  };
  const made = Object.entries(payments).filter(([, list]) => list.length > 0);
  const self = `${base}/v2/checkout/orders/${it.id}`;
  const open = it.status === 'CREATED' || it.status === 'PAYER_ACTION_REQUIRED';
  return {
    id: it.id,
    intent: it.intent,
    status: it.status,
    // Who pays is personal data: the shop must not keep it, so the stand-in sends some.
    ...(it.funding === null
      ? {}
      : { payer: PAYER, payment_source: { paypal: { ...PAYER, account_status: 'VERIFIED' } } }),
    purchase_units: [
      {
        reference_id: it.referenceId,
        amount: money(it.amount, it.currency),
        payee: { merchant_id: 'STANDINMERCHANT' },
        ...(it.description === null ? {} : { description: it.description }),
        ...ids(it),
        ...(made.length === 0 ? {} : { payments: Object.fromEntries(made) }),
      },
    ],
    create_time: it.createdAt,
    update_time: it.updatedAt,
    links: [
      link(self, 'self'),
      ...(open ? [link(`${base}/checkoutnow?token=${it.id}`, it.withSource ? 'payer-action' : 'approve')] : []),
      ...(it.status === 'APPROVED'
        ? [link(`${self}/${it.intent.toLowerCase()}`, it.intent.toLowerCase(), 'POST')]
        : []),
    ],
  };
}

const PAYER = {
  email_address: 'ada.payer@example.com',
  account_id: 'PAYERADALOVELACE',
  name: { given_name: 'Ada', surname: 'Lovelace' },
  address: { country_code: 'DE' },
};

const related = (it: { order: string; authorization?: string | null }): object => ({
  supplementary_data: {
    related_ids: { order_id: it.order, ...(it.authorization ? { authorization_id: it.authorization } : {}) },
  },
});

function authorization(it: PaypalAuthorizationRecord, base: string): object {
  const self = `${base}/v2/payments/authorizations/${it.id}`;
  return {
    id: it.id,
    status: it.status,
    amount: money(it.amount, it.currency),
    ...ids(it),
    expiration_time: it.expiresAt,
    ...related(it),
    create_time: it.createdAt,
    update_time: it.updatedAt,
    links: [
      link(self, 'self'),
      link(`${self}/capture`, 'capture', 'POST'),
      link(`${self}/void`, 'void', 'POST'),
      link(`${base}/v2/checkout/orders/${it.order}`, 'up'),
    ],
  };
}

function capture(it: PaypalCaptureRecord, base: string): object {
  const self = `${base}/v2/payments/captures/${it.id}`;
  const up = it.authorization === null ? `checkout/orders/${it.order}` : `payments/authorizations/${it.authorization}`;
  return {
    id: it.id,
    status: it.status,
    ...(it.status === 'PENDING' ? { status_details: { reason: 'ECHECK' } } : {}),
    amount: money(it.amount, it.currency),
    final_capture: it.final,
    ...ids(it),
    ...(it.status === 'PENDING' || it.status === 'DECLINED'
      ? {}
      : {
          seller_receivable_breakdown: {
            gross_amount: money(it.amount, it.currency),
            paypal_fee: money(it.fee, it.currency),
            net_amount: money(it.amount - it.fee, it.currency),
          },
        }),
    ...related(it),
    create_time: it.createdAt,
    update_time: it.updatedAt,
    links: [link(self, 'self'), link(`${self}/refund`, 'refund', 'POST'), link(`${base}/v2/${up}`, 'up')],
  };
}

function refund(it: PaypalRefundRecord, base: string): object {
  return {
    id: it.id,
    status: it.status,
    amount: money(it.amount, it.currency),
    ...ids(it),
    ...(it.note === null ? {} : { note_to_payer: it.note }),
    seller_payable_breakdown: {
      gross_amount: money(it.amount, it.currency),
      paypal_fee: money(0, it.currency),
      net_amount: money(it.amount, it.currency),
    },
    create_time: it.createdAt,
    update_time: it.createdAt,
    links: [
      link(`${base}/v2/payments/refunds/${it.id}`, 'self'),
      link(`${base}/v2/payments/captures/${it.capture}`, 'up'),
    ],
  };
}

function dispute(it: PaypalDisputeRecord, base: string): object {
  return {
    dispute_id: it.id,
    create_time: it.createdAt,
    update_time: it.updatedAt,
    disputed_transactions: [
      {
        seller_transaction_id: it.capture,
        transaction_status: 'COMPLETED',
        ...(it.invoiceId === null ? {} : { invoice_number: it.invoiceId }),
        ...(it.customId === null ? {} : { custom: it.customId }),
        buyer: { name: 'Ada Lovelace' },
      },
    ],
    reason: it.reason,
    status: it.outcome === null ? 'WAITING_FOR_SELLER_RESPONSE' : 'RESOLVED',
    dispute_amount: money(it.amount, it.currency),
    ...(it.outcome === null ? {} : { dispute_outcome: { outcome_code: it.outcome } }),
    dispute_life_cycle_stage: 'CHARGEBACK',
    dispute_channel: 'INTERNAL',
    links: [link(`${base}/v1/customer/disputes/${it.id}`, 'self')],
  };
}

/** A line of the transaction search. */
export const transactionInfo = (it: PaypalTransactionRecord): object => ({
  transaction_info: {
    transaction_id: it.id,
    paypal_reference_id: it.reference.id,
    paypal_reference_id_type: it.reference.type,
    transaction_event_code: it.code,
    transaction_initiation_date: it.at,
    transaction_updated_date: it.at,
    transaction_amount: money(it.amount, it.currency),
    ...(it.fee === 0 ? {} : { fee_amount: money(it.fee, it.currency) }),
    transaction_status: 'S',
    ...(it.invoiceId === null ? {} : { invoice_id: it.invoiceId }),
    ...(it.customId === null ? {} : { custom_field: it.customId }),
  },
});

const renderers = {
  paypal_order: order,
  paypal_authorization: authorization,
  paypal_capture: capture,
  paypal_refund: refund,
  paypal_dispute: dispute,
};
