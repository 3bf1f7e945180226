import { type Amount, readAmount } from './amounts.js';
import { fieldsOf, find, type PaypalAnswer, type PaypalCall, textOf } from './call.js';
import { unprocessable } from './failure.js';
import { makeCapture, makeRefund } from './movements.js';
import { paypalId } from './paypalId.js';
import type { AuthorizationStatus, PaypalAuthorizationRecord } from './records.js';

const amountOf = (fields: Readonly<Record<string, unknown>>, currency: string): number | null => {
  if (fields.amount === undefined) return null;
  const given: Amount = readAmount(fields.amount, '/amount');
  if (given.currency !== currency)
    throw unprocessable('CURRENCY_MISMATCH', 'The currency must be the same as that of the payment.');
  return given.amount;
};

/** POST /v2/payments/authorizations/{id}/capture: all that is left when no amount is named. */
export function captureAuthorization(call: PaypalCall): PaypalAnswer {
  const before = find(call, 'paypal_authorization');
  requireOpen(before, call.now);
  const fields = fieldsOf(call);
  const left = before.amount - before.captured;
  const amount = amountOf(fields, before.currency) ?? left;
  if (amount > left) {
    throw unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED', 'Capture amount specified exceeded allowable limit.');
  }
  if (call.takeDecline()) {
    throw unprocessable('TRANSACTION_REFUSED', "PayPal's internal controls prevent authorization from being captured.");
  }
  const order = find(call, 'paypal_order', before.order);
  const captured = before.captured + amount;
  const final = fields.final_capture === true || captured === before.amount;
  const status: AuthorizationStatus = final ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
  const made = makeCapture(call.store, order, before, {
    amount,
    final,
    now: call.now,
    invoiceId: textOf(fields.invoice_id),
  });
  return {
    status: 201,
    about: { kind: 'paypal_capture', id: made.capture.id },
    puts: [...made.puts, ['paypal_authorization', { ...before, captured, status, updatedAt: call.now }]],
    events: made.events,
  };
}

/** POST /v2/payments/authorizations/{id}/void */
export function voidAuthorization(call: PaypalCall): PaypalAnswer {
  const before = find(call, 'paypal_authorization');
  if (before.status === 'VOIDED')
    throw unprocessable(
      'PREVIOUSLY_VOIDED',
      'Authorization has been previously voided and hence cannot be voided again.',
    );
  if (before.status === 'CAPTURED')
    throw unprocessable(
      'PREVIOUSLY_CAPTURED',
      'Authorization has been previously captured and hence cannot be voided.',
    );
  return {
    status: 204,
    puts: [['paypal_authorization', { ...before, status: 'VOIDED', updatedAt: call.now }]],
    events: [
      { type: 'PAYMENT.AUTHORIZATION.VOIDED', kind: 'paypal_authorization', id: before.id, order: before.order },
    ],
  };
}

/** POST /v2/payments/authorizations/{id}/reauthorize: a new authorization in the place of the old one. */
export function reauthorize(call: PaypalCall): PaypalAnswer {
  const before = find(call, 'paypal_authorization');
  if (before.status !== 'CREATED')
    throw unprocessable('REAUTHORIZATION_NOT_SUPPORTED', `The authorization is ${before.status}.`);
  const amount = amountOf(fieldsOf(call), before.currency) ?? before.amount;
  if (amount * 100 > before.amount * 115) {
    throw unprocessable(
      'AUTHORIZATION_AMOUNT_LIMIT_EXCEEDED',
      'At most 115 % of the first amount can be authorized again.',
    );
  }
  const after: PaypalAuthorizationRecord = {
    ...before,
    id: paypalId(),
    amount,
    createdAt: call.now,
    updatedAt: call.now,
  };
  return {
    status: 201,
    about: { kind: 'paypal_authorization', id: after.id },
    puts: [
      ['paypal_authorization', { ...before, status: 'VOIDED', updatedAt: call.now }],
      ['paypal_authorization', after],
    ],
    events: [{ type: 'PAYMENT.AUTHORIZATION.CREATED', kind: 'paypal_authorization', id: after.id, order: after.order }],
  };
}

/** POST /v2/payments/captures/{id}/refund */
export function refundCapture(call: PaypalCall): PaypalAnswer {
  const capture = find(call, 'paypal_capture');
  const fields = fieldsOf(call);
  const made = makeRefund(capture, {
    amount: amountOf(fields, capture.currency),
    now: call.now,
    invoiceId: textOf(fields.invoice_id),
    customId: textOf(fields.custom_id),
    note: textOf(fields.note_to_payer, 255),
  });
  return { status: 201, about: { kind: 'paypal_refund', id: made.refund.id }, puts: made.puts, events: made.events };
}

function requireOpen(authorization: PaypalAuthorizationRecord, now: string): void {
  if (authorization.status === 'CAPTURED') {
    throw unprocessable('AUTHORIZATION_ALREADY_CAPTURED', 'Authorization has already been captured.');
  }
  if (authorization.status === 'VOIDED')
    throw unprocessable('AUTHORIZATION_VOIDED', 'A voided authorization cannot be captured or reauthorized.');
  if (authorization.status === 'DENIED')
    throw unprocessable('AUTHORIZATION_DENIED', 'A denied authorization cannot be captured.');
  if (authorization.expiresAt <= now)
    throw unprocessable('AUTHORIZATION_EXPIRED', 'An expired authorization cannot be captured.');
}
