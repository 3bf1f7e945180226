import { z } from 'zod';
import { type PaymentProvider, ProviderRefused, type ProviderTransaction } from '../../app/ports.js';
import { fromPaypalAmount } from './amounts.js';
import type { PaypalApi } from './paypalApi.js';
import { paymentIdIn, referenceOf } from './snapshots.js';

const money = z.object({ currency_code: z.string(), value: z.string() });
const searchSchema = z.object({
  transaction_details: z
    .array(
      z.object({
        transaction_info: z.object({
          transaction_id: z.string(),
          paypal_reference_id: z.string().nullish(),
          paypal_reference_id_type: z.string().nullish(),
          transaction_event_code: z.string(),
          transaction_initiation_date: z.string(),
          transaction_amount: money,
          fee_amount: money.nullish(),
          transaction_status: z.string().nullish(),
          custom_field: z.string().nullish(),
        }),
      }),
    )
    .nullish(),
  page: z.number().nullish(),
  total_pages: z.number().nullish(),
});
type Info = NonNullable<z.output<typeof searchSchema>['transaction_details']>[number]['transaction_info'];

const PAGE = 100;
const captureSchema = z.object({
  supplementary_data: z.object({ related_ids: z.object({ order_id: z.string().nullish() }).nullish() }).nullish(),
});

const MOST_MS = 31 * 86_400_000;
/** Pending, or refused: no money moved. */
const NOT_MOVED = new Set(['P', 'D']);

/**
 * The movements of money on the account, by PayPal's transaction search (which lists them up to three hours late). It answers at most 31
 * days at once: a longer range is asked for in steps, and the cursor says which step and page.
 */
export const listTransactions =
  (api: PaypalApi): NonNullable<PaymentProvider['listTransactions']> =>
  async ({ from, to, cursor }) => {
    const [step = 0, page = 1] = (cursor ?? '0:1').split(':').map(Number);
    const start = new Date(from.getTime() + step * MOST_MS);
    const end = new Date(Math.min(start.getTime() + MOST_MS, to.getTime()) - 1);
    const answer = await api.ask(({ transactions }) =>
      transactions.searchTransactions({
        startDate: start.toISOString(),
        endDate: end.toISOString(),
        fields: 'transaction_info',
        pageSize: PAGE,
        page,
      }),
    );
    const { transaction_details: details, total_pages: pages } = searchSchema.parse(answer);
    const found = (details ?? []).map(({ transaction_info: info }) => info);
    const nextStep = start.getTime() + MOST_MS < to.getTime() ? `${step + 1}:1` : null;
    const moved = found.filter((info) => !NOT_MOVED.has(info.transaction_status ?? 'S'));
    const known = {
      orders: await ordersOf(api, moved),
      disputes: await disputesOf(api, moved),
      refunds: refundsOf(moved),
    };
    return {
      transactions: moved.map((info) => transactionOf(info, known)),
      nextCursor: page < (pages ?? 1) ? `${step}:${page + 1}` : nextStep,
    };
  };

const paymentOf = (info: Info): string | null => paymentIdIn(info.custom_field ?? undefined);

/** The capture that a movement is, or that it undoes. */
const captureOf = (info: Info): string =>
  info.paypal_reference_id_type === 'TXN' && info.paypal_reference_id ? info.paypal_reference_id : info.transaction_id;

/**
 * The orders of movements that do not carry our payment's id, each capture asked for once: a movement says which capture it belongs to, and
 * only the capture which order.
 */
async function ordersOf(api: PaypalApi, infos: readonly Info[]): Promise<ReadonlyMap<string, string>> {
  const ours = infos.filter((info) => paymentOf(info) === null && /^T(00|11|12)/.test(info.transaction_event_code));
  const found = new Map<string, string>();
  for (const captureId of new Set(ours.map(captureOf))) {
    try {
      const capture = captureSchema.parse(await api.ask(({ payments }) => payments.getCapturedPayment({ captureId })));
      const order = capture.supplementary_data?.related_ids?.order_id;
      if (order) found.set(captureId, order);
    } catch (error) {
      // Not a capture: money that came or went in another way.
      if (!(error instanceof ProviderRefused)) throw error;
    }
  }
  return found;
}

const disputeListSchema = z.object({ items: z.array(z.object({ dispute_id: z.string() })).nullish() });

/** The disputes that took money or brought it back: a movement says of which capture only. */
async function disputesOf(api: PaypalApi, infos: readonly Info[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const captureId of new Set(infos.filter(isOfDispute).map(captureOf))) {
    const answer = await api.ask(({ client }) => {
      const request = client.getRequestBuilderFactory()('GET', '/v1/customer/disputes');
      request.query('disputed_transaction_id', captureId);
      request.authenticate([{ oauth2: true }]);
      return request.callAsText();
    });
    const { items } = disputeListSchema.parse(answer);
    const [dispute] = items ?? [];
    if (dispute !== undefined) found.set(captureId, dispute.dispute_id);
  }
  return found;
}

/** One of our refunds may be several movements, which are made within a moment and carry the same mark. */
function refundsOf(infos: readonly Info[]): ReadonlyMap<string, string> {
  const parts = new Map<string, string[]>();
  for (const { custom_field: mark, transaction_id: id, transaction_event_code: code } of infos) {
    if (mark?.includes('/') && code.startsWith('T11')) parts.set(mark, [...(parts.get(mark) ?? []), id]);
  }
  return new Map([...parts].map(([mark, ids]) => [mark, referenceOf(ids)]));
}

interface Known {
  readonly orders: ReadonlyMap<string, string>;
  readonly disputes: ReadonlyMap<string, string>;
  readonly refunds: ReadonlyMap<string, string>;
}

function transactionOf(info: Info, { orders, disputes, refunds }: Known): ProviderTransaction {
  const { currency_code: currencyCode, value } = info.transaction_amount;
  const amountCents = fromPaypalAmount(value, currencyCode);
  const kind = kindOf(info.transaction_event_code, amountCents);
  const fee = info.fee_amount;
  return {
    reference: info.transaction_id,
    kind,
    intentReference: orders.get(captureOf(info)) ?? null,
    paymentId: paymentOf(info),
    refundReference: kind === 'REFUND' ? (refunds.get(info.custom_field ?? '') ?? info.transaction_id) : null,
    disputeReference: isOfDispute(info) ? (disputes.get(captureOf(info)) ?? null) : null,
    amountCents,
    currencyCode,
    fee: fee ? { cents: -fromPaypalAmount(fee.value, fee.currency_code), currencyCode: fee.currency_code } : null,
    createdAt: new Date(info.transaction_initiation_date),
  };
}

const DISPUTE_CODES = new Set(['T1110', 'T1111', 'T1201', 'T1202']);
const isOfDispute = (info: Info): boolean => DISPUTE_CODES.has(info.transaction_event_code);

/** https://developer.paypal.com/docs/transaction-search/transaction-event-codes/ */
function kindOf(code: string, amountCents: number): ProviderTransaction['kind'] {
  if (code === 'T1201' || code === 'T1110') return amountCents < 0 ? 'DISPUTE' : 'DISPUTE_REVERSAL';
  if (code === 'T1202' || code === 'T1111') return 'DISPUTE_REVERSAL';
  switch (code.slice(0, 3)) {
    case 'T00':
      return amountCents > 0 ? 'CAPTURE' : 'OTHER';
    case 'T01':
      return 'FEE';
    case 'T04':
      return 'PAYOUT';
    case 'T11':
      return amountCents < 0 ? 'REFUND' : 'REFUND_REVERSAL';
    default:
      return 'OTHER';
  }
}
