import type { Payment } from './payment.js';

export type PaymentStatus =
  | 'UNPAID'
  | 'PENDING'
  | 'AUTHORIZED'
  | 'PARTIALLY_PAID'
  | 'PAID'
  | 'PARTIALLY_REFUNDED'
  | 'REFUNDED'
  | 'VOIDED'
  | 'FAILED'
  | 'DISPUTED';

type Facts = Pick<Payment, 'state' | 'capturedCents' | 'refundedCents' | 'chargedBackCents' | 'disputed'>;

export const totalPaidCents = (payments: readonly Facts[]): number =>
  payments.reduce((sum, payment) => sum + payment.capturedCents, 0);

/** What went back to the customer: by refunds, and by disputes that were lost. */
export const totalRefundedCents = (payments: readonly Facts[]): number =>
  payments.reduce((sum, payment) => sum + payment.refundedCents + payment.chargedBackCents, 0);

/** How far an order of `totalCents` is paid by its payments. */
export function paymentStatus(payments: readonly Facts[], totalCents: number | null): PaymentStatus {
  if (payments.some((payment) => payment.disputed)) return 'DISPUTED';
  const paid = totalPaidCents(payments);
  if (paid > 0) {
    const refunded = totalRefundedCents(payments);
    if (refunded >= paid) return 'REFUNDED';
    if (refunded > 0) return 'PARTIALLY_REFUNDED';
    return totalCents !== null && paid < totalCents ? 'PARTIALLY_PAID' : 'PAID';
  }
  const has = (...states: Payment['state'][]) => payments.some((payment) => states.includes(payment.state));
  if (has('AUTHORIZED')) return 'AUTHORIZED';
  if (has('PROCESSING', 'REQUIRES_ACTION')) return 'PENDING';
  if (has('FAILED')) return 'FAILED';
  if (has('CREATED')) return 'UNPAID';
  return payments.length > 0 ? 'VOIDED' : 'UNPAID';
}
