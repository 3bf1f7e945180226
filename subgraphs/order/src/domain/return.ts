import type { ReturnStatus } from './returnStates.js';

export const RETURN_REASONS = ['DEFECTIVE', 'NOT_AS_DESCRIBED', 'WRONG_ITEM', 'SIZE', 'UNWANTED', 'OTHER'] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

/** The article that a customer wants instead, as it was named and priced when he asked for it. */
export interface ExchangeArticle {
  readonly variantId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly unitPriceCents: number;
}

export interface ReturnLine {
  readonly lineId: string;
  readonly quantity: number;
  /** What inspection said of the units that arrived; both 0 before. */
  readonly accepted: number;
  readonly rejected: number;
  /** Whether what was accepted goes back on sale. */
  readonly restock: boolean;
  /** What is given back for it, known once it was received. */
  readonly refundCents: number;
  /** Null: a refund is wanted, or the article was gone when it had to be reserved. */
  readonly exchange: ExchangeArticle | null;
}

/** What a customer sends back. */
export interface OrderReturn {
  readonly id: string;
  readonly number: string;
  readonly status: ReturnStatus;
  readonly reason: ReturnReason;
  readonly note: string | null;
  readonly declineReason: string | null;
  readonly receiptNote: string | null;
  readonly lines: readonly ReturnLine[];
  /** Actor and idempotency key of the request, and a hash of what it asked for. */
  readonly key: string;
  readonly inputHash: string;
  /** Lines and shipping together; minor units of the order's currency. */
  readonly refundCents: number;
  readonly shippingRefundCents: number;
  /** What the payment service has given back. */
  readonly refundedCents: number;
  /** Until when stock is held for the exchange under the return's id; null when none is. */
  readonly stockHeldUntil: Date | null;
  readonly requestedAt: Date;
  readonly approvedAt: Date | null;
  readonly receivedAt: Date | null;
  readonly endedAt: Date | null;
}

export const wantsExchange = (line: Pick<ReturnLine, 'exchange'>): boolean => line.exchange !== null;
