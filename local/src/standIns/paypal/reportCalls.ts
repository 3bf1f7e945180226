import { verify, X509Certificate } from 'node:crypto';
import { money } from './amounts.js';
import { fieldsOf, type PaypalAnswer, type PaypalCall, show } from './call.js';
import { signer } from './certificate.js';
import { invalidRequest, PaypalFailure } from './failure.js';
import { transactionInfo } from './render.js';
import { signedText } from './writePaypalWebhook.js';

const MOST_DAYS = 31;

/** GET /v1/reporting/transactions: the movements of money of at most 31 days, oldest first. */
export function searchTransactions(call: PaypalCall): PaypalAnswer {
  const from = timeOf(call, 'start_date');
  const to = timeOf(call, 'end_date');
  if (to < from || to - from > MOST_DAYS * 86_400_000) {
    throw new PaypalFailure(400, {
      name: 'INVALID_REQUEST',
      message: 'Date range is greater than 31 days or negative.',
    });
  }
  const size = whole(call, 'page_size', 100, 500);
  const page = whole(call, 'page', 1, 2_147_483_647);
  const all = call.store
    .list('paypal_transaction')
    .filter((it) => Date.parse(it.at) >= from && Date.parse(it.at) <= to)
    .filter((it) => call.query.transaction_id === undefined || it.id === call.query.transaction_id)
    .reverse();
  return show({
    transaction_details: all.slice((page - 1) * size, page * size).map(transactionInfo),
    account_number: 'STANDINMERCHANT',
    start_date: new Date(from).toISOString(),
    end_date: new Date(to).toISOString(),
    last_refreshed_datetime: call.now,
    page,
    total_items: all.length,
    total_pages: Math.max(1, Math.ceil(all.length / size)),
  });
}

/** GET /v1/customer/disputes?disputed_transaction_id=: the disputes about a capture, newest first. */
export function listDisputes(call: PaypalCall): PaypalAnswer {
  const capture = call.query.disputed_transaction_id;
  const items = call.store
    .list('paypal_dispute')
    .filter((dispute) => capture === undefined || dispute.capture === capture)
    .map(({ id, createdAt, outcome, reason, amount, currency }) => ({
      dispute_id: id,
      create_time: createdAt,
      reason,
      status: outcome === null ? 'WAITING_FOR_SELLER_RESPONSE' : 'RESOLVED',
      dispute_amount: money(amount, currency),
    }));
  return show({ items, links: [] });
}

function timeOf(call: PaypalCall, name: string): number {
  const ms = Date.parse(call.query[name] ?? '');
  if (Number.isNaN(ms)) throw invalidRequest(`/${name}`, 'INVALID_PARAMETER_SYNTAX', `${name} must be a time.`);
  return ms;
}

function whole(call: PaypalCall, name: string, fallback: number, most: number): number {
  const value = Number(call.query[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw invalidRequest(`/${name}`, 'INVALID_PARAMETER_VALUE', `${name} must be from 1 to ${most}.`);
  }
  return value;
}

/**
 * POST /v1/notifications/verify-webhook-signature. The event is compared as it is written here again, as at PayPal: what
 * changes the order of its fields fails.
 */
export const verifyWebhookSignature =
  (webhookId: string) =>
  (call: PaypalCall): PaypalAnswer => {
    const fields = fieldsOf(call);
    const text = (name: string): string => (typeof fields[name] === 'string' ? (fields[name] as string) : '');
    const signed = signedText(
      text('transmission_id'),
      text('transmission_time'),
      webhookId,
      JSON.stringify(fields.webhook_event ?? null),
    );
    const good =
      text('webhook_id') === webhookId &&
      verify(
        'sha256',
        Buffer.from(signed),
        new X509Certificate(signer().pem).publicKey,
        Buffer.from(text('transmission_sig'), 'base64'),
      );
    return show({ verification_status: good ? 'SUCCESS' : 'FAILURE' });
  };
