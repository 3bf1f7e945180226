import { invalidRequest } from './failure.js';
import type { IntentStatus, PaymentIntentRecord } from './records.js';
import { paymentIntent } from './render.js';

/** What may be done with an intent in which state (https://docs.stripe.com/payments/paymentintents/lifecycle). */
const LEGAL = {
  updateAmount: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  capture: ['requires_capture'],
  cancel: ['requires_payment_method', 'requires_capture', 'requires_confirmation', 'requires_action', 'processing'],
} as const satisfies Record<string, readonly IntentStatus[]>;

/** Throws Stripe's `payment_intent_unexpected_state` unless the intent's state allows the action. */
export function requireState(intent: PaymentIntentRecord, action: keyof typeof LEGAL): void {
  const legal: readonly IntentStatus[] = LEGAL[action];
  if (legal.includes(intent.status)) return;
  throw unexpectedState(intent, sentence(intent, action, legal.join(', ')));
}

export function unexpectedState(intent: PaymentIntentRecord, message: string): ReturnType<typeof invalidRequest> {
  return invalidRequest(message, {
    code: 'payment_intent_unexpected_state',
    payment_intent: paymentIntent(intent),
  });
}

function sentence(intent: PaymentIntentRecord, action: keyof typeof LEGAL, legal: string): string {
  const status = intent.status;
  switch (action) {
    case 'updateAmount':
      return `This PaymentIntent's amount could not be updated because it has a status of ${status}. You may only update the amount of a PaymentIntent with one of the following statuses: ${legal}.`;
    case 'capture':
      return `This PaymentIntent could not be captured because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be captured: ${legal}.`;
    case 'cancel':
      return `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be canceled: ${legal}.`;
    case 'confirm':
      return status === 'succeeded'
        ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
        : `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${legal}.`;
  }
}
