import { z } from 'zod';
import type { DisputeSnapshot, ProviderNotice, ProviderWebhooks } from '../../app/ports.js';
import { fromPaypalAmount } from './amounts.js';
import { paymentIdIn } from './snapshots.js';
import { createTransmissionCheck, type TransmissionOptions } from './verifyTransmission.js';

const eventSchema = z.object({
  id: z.string().min(1).max(255),
  event_type: z.string().min(1).max(100),
  resource: z.unknown(),
});
const money = z.object({ currency_code: z.string(), value: z.string() });
const id = z.string().max(255);

/**
 * What is kept of a message: names are listed here, so that who paid (PayPal tells his name, e-mail and address) is never stored, whatever
 * PayPal adds.
 */
const resourceSchema = z.object({
  id: id.optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  custom_id: id.optional().catch(undefined),
  invoice_id: id.optional().catch(undefined),
  purchase_units: z
    .array(z.object({ custom_id: id.optional() }))
    .optional()
    .catch(undefined),
  supplementary_data: z
    .object({ related_ids: z.object({ order_id: id.optional() }).optional() })
    .optional()
    .catch(undefined),
  dispute_id: id.optional().catch(undefined),
  reason: z.string().max(100).optional().catch(undefined),
  dispute_amount: money.optional().catch(undefined),
  dispute_outcome: z
    .object({ outcome_code: z.string().max(100).optional() })
    .optional()
    .catch(undefined),
  disputed_transactions: z
    .array(z.object({ seller_transaction_id: id.optional(), invoice_number: id.optional(), custom: id.optional() }))
    .optional()
    .catch(undefined),
});
type Resource = z.output<typeof resourceSchema>;

/** PayPal's webhooks: verified by its certificate, and read as reasons to ask how the order stands. */
export function createPaypalWebhooks(options: TransmissionOptions): ProviderWebhooks {
  const isSent = createTransmissionCheck(options);
  return {
    async verify(message, now) {
      if (!(await isSent(message, now))) return undefined;
      const { success, data: event } = eventSchema.safeParse(jsonOf(message.rawBody));
      if (!success) return undefined;
      const resource = resourceSchema.safeParse(event.resource);
      const payload = { resource: resource.success ? resource.data : {} };
      return { providerEventId: event.id, type: event.event_type, payload };
    },
    read: ({ type, payload }) => noticeOf(type, resourceSchema.parse(payload.resource)),
  };
}

function noticeOf(type: string, resource: Resource): ProviderNotice {
  if (type.startsWith('CUSTOMER.DISPUTE.')) return disputeOf(resource);
  const isOrder = type.startsWith('CHECKOUT.ORDER.');
  if (!isOrder && !type.startsWith('PAYMENT.CAPTURE.') && !type.startsWith('PAYMENT.AUTHORIZATION.')) {
    return { kind: 'IRRELEVANT' };
  }
  const intentReference = (isOrder ? resource.id : resource.supplementary_data?.related_ids?.order_id) ?? null;
  const paymentId = paymentIdIn(resource.custom_id ?? resource.purchase_units?.[0]?.custom_id ?? resource.invoice_id);
  const refunded = type === 'PAYMENT.CAPTURE.REFUNDED' || type === 'PAYMENT.CAPTURE.REVERSED';
  if (intentReference === null && paymentId === null) return { kind: 'IRRELEVANT' };
  // A refund names its capture, and not the order: the payment is found by our own id in it.
  return { kind: refunded ? 'REFUNDS_CHANGED' : 'INTENT_CHANGED', intentReference, paymentId };
}

const OUTCOMES: Readonly<Record<string, DisputeSnapshot['state']>> = {
  RESOLVED_BUYER_FAVOUR: 'LOST',
  ACCEPTED: 'LOST',
  RESOLVED_SELLER_FAVOUR: 'WON',
  RESOLVED_WITH_PAYOUT: 'WON',
  CANCELED_BY_BUYER: 'WON',
  DENIED: 'WON',
};

function disputeOf(resource: Resource): ProviderNotice {
  const { dispute_id: reference, dispute_amount: amount, status = 'OPEN' } = resource;
  const [transaction] = resource.disputed_transactions ?? [];
  const paymentId = paymentIdIn(transaction?.custom ?? transaction?.invoice_number);
  if (reference === undefined || amount === undefined || paymentId === null) return { kind: 'IRRELEVANT' };
  const outcome = resource.dispute_outcome?.outcome_code;
  const state = status === 'RESOLVED' ? (OUTCOMES[outcome ?? ''] ?? 'CLOSED') : 'OPEN';
  return {
    kind: 'DISPUTE',
    paymentId,
    dispute: {
      reference,
      intentReference: null,
      amountCents: fromPaypalAmount(amount.value, amount.currency_code),
      state,
      status: (outcome ?? status).toLowerCase(),
      reason: resource.reason?.toLowerCase() ?? null,
    },
  };
}

function jsonOf(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}
