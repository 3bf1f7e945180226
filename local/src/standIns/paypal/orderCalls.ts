import { readAmount } from './amounts.js';
import { fieldsOf, find, type PaypalAnswer, type PaypalCall, textOf } from './call.js';
import { invalidRequest, unprocessable } from './failure.js';
import { makeAuthorization, makeCapture } from './movements.js';
import { paypalId } from './paypalId.js';
import type { PaypalOrderRecord } from './records.js';

/** POST /v2/checkout/orders, with one purchase unit. */
export function createOrder(call: PaypalCall): PaypalAnswer {
  const fields = fieldsOf(call);
  const { intent } = fields;
  if (intent !== 'CAPTURE' && intent !== 'AUTHORIZE') {
    throw invalidRequest('/intent', 'INVALID_PARAMETER_VALUE', 'The value of a field is invalid.');
  }
  const units = fields.purchase_units;
  if (!Array.isArray(units) || units.length !== 1) {
    throw invalidRequest('/purchase_units', 'INVALID_ARRAY_MAX_ITEMS', 'The stand-in takes exactly one purchase unit.');
  }
  const unit = units[0] as Record<string, unknown>;
  const { amount, currency } = readAmount(unit.amount, "/purchase_units/@reference_id=='default'/amount");
  const wallet = (fields.payment_source as { paypal?: { experience_context?: Record<string, unknown> } } | undefined)
    ?.paypal;
  const context =
    wallet?.experience_context ?? (fields.application_context as Record<string, unknown> | undefined) ?? {};
  const order: PaypalOrderRecord = {
    id: paypalId(),
    createdAt: call.now,
    updatedAt: call.now,
    intent,
    status: wallet === undefined ? 'CREATED' : 'PAYER_ACTION_REQUIRED',
    amount,
    currency,
    referenceId: textOf(unit.reference_id) ?? 'default',
    invoiceId: textOf(unit.invoice_id),
    customId: textOf(unit.custom_id),
    description: textOf(unit.description),
    withSource: wallet !== undefined,
    returnUrl: urlOf(context.return_url, 'return_url'),
    cancelUrl: urlOf(context.cancel_url, 'cancel_url'),
    funding: null,
  };
  return {
    status: wallet === undefined ? 201 : 200,
    about: { kind: 'paypal_order', id: order.id },
    puts: [['paypal_order', order]],
    events: [],
  };
}

function urlOf(value: unknown, field: string): string | null {
  const text = textOf(value, 4_000);
  if (text === null) return null;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw invalidRequest(
      `/${field}`,
      'INVALID_PARAMETER_SYNTAX',
      'The value of a field does not conform to the expected format.',
    );
  }
  return text;
}

/** PATCH /v2/checkout/orders/{id}: replaces the amount of the purchase unit. A higher one must be approved again. */
export function patchOrder(call: PaypalCall): PaypalAnswer {
  const order = find(call, 'paypal_order');
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') {
    throw unprocessable('ORDER_COMPLETED_OR_VOIDED', 'Order is voided or completed and hence cannot be patched.');
  }
  const patches = Array.isArray(call.body) ? (call.body as Record<string, unknown>[]) : [];
  const path = `/purchase_units/@reference_id=='${order.referenceId}'/amount`;
  let after = order;
  for (const patch of patches) {
    if (patch.op !== 'replace' || patch.path !== path) {
      throw unprocessable('NOT_PATCHABLE', `The stand-in patches ${path} only.`);
    }
    const { amount, currency } = readAmount(patch.value, '/value');
    if (currency !== order.currency) throw unprocessable('CURRENCY_MISMATCH', 'The currency cannot be changed.');
    const again = order.status === 'APPROVED' && amount > order.amount;
    after = {
      ...after,
      amount,
      updatedAt: call.now,
      ...(again ? { status: order.withSource ? ('PAYER_ACTION_REQUIRED' as const) : ('CREATED' as const) } : {}),
    };
  }
  return { status: 204, puts: [['paypal_order', after]], events: [] };
}

/** POST /v2/checkout/orders/{id}/capture */
export function captureOrder(call: PaypalCall): PaypalAnswer {
  const order = payable(call, 'CAPTURE');
  const made = makeCapture(call.store, order, null, { amount: order.amount, final: true, now: call.now });
  return { status: 201, about: { kind: 'paypal_order', id: order.id }, ...made };
}

/** POST /v2/checkout/orders/{id}/authorize */
export function authorizeOrder(call: PaypalCall): PaypalAnswer {
  const order = payable(call, 'AUTHORIZE');
  return { status: 201, about: { kind: 'paypal_order', id: order.id }, ...makeAuthorization(order, call.now) };
}

/** The order, when its payer has approved it and his funding pays. */
function payable(call: PaypalCall, intent: PaypalOrderRecord['intent']): PaypalOrderRecord {
  const order = find(call, 'paypal_order');
  if (order.intent !== intent) {
    throw unprocessable('ACTION_DOES_NOT_MATCH_INTENT', `Order was created with an intent to '${order.intent}'.`);
  }
  if (order.status === 'COMPLETED') {
    throw intent === 'CAPTURE'
      ? unprocessable(
          'ORDER_ALREADY_CAPTURED',
          "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
        )
      : unprocessable(
          'ORDER_ALREADY_AUTHORIZED',
          "Order already authorized. If 'intent=AUTHORIZE' only one authorization per order is allowed.",
        );
  }
  if (order.status !== 'APPROVED') {
    throw unprocessable(
      'ORDER_NOT_APPROVED',
      'Payer has not yet approved the Order for payment. Please redirect the payer to the approval link.',
    );
  }
  if (call.takeDecline() || order.funding === 'declined') {
    throw unprocessable(
      'INSTRUMENT_DECLINED',
      "The instrument presented was either declined by the processor or bank, or it can't be used for this payment.",
      [{ href: `${call.base}/checkoutnow?token=${order.id}`, rel: 'redirect', method: 'GET' }],
    );
  }
  return order;
}
