import type { IntentSnapshot } from '../domain/decideIntent.js';
import type { Payment } from '../domain/payment.js';

export const payment = (parts: Partial<Payment> = {}): Payment => ({
  id: 'pay_1',
  orderId: 'ord_1',
  orderNumber: '261122-AAAAAAAA',
  customerId: null,
  provider: 'stripe',
  state: 'CREATED',
  currencyCode: 'EUR',
  amountCents: 4_550,
  authorizedCents: 0,
  capturedCents: 0,
  refundedCents: 0,
  refundReservedCents: 0,
  disputed: false,
  providerReference: 'pi_1',
  attempt: 1,
  payableUntil: new Date('2026-11-22T12:00:00.000Z'),
  failureCode: null,
  failureMessage: null,
  failureReference: null,
  cancelRequested: false,
  reconcileAt: null,
  version: 1,
  createdAt: new Date('2026-11-22T11:30:00.000Z'),
  refunds: [],
  ...parts,
});

export const intent = (parts: Partial<IntentSnapshot> = {}): IntentSnapshot => ({
  reference: 'pi_1',
  paymentId: 'pay_1',
  state: 'WAITING',
  currencyCode: 'EUR',
  authorizedCents: 0,
  capturedCents: 0,
  failure: null,
  ...parts,
});
