/** Why a payment was not opened, refunded or replayed. */
export interface Refusal {
  readonly code:
    | 'INVALID'
    | 'NOT_FOUND'
    | 'CONFLICT'
    | 'IDEMPOTENCY_KEY_REUSED'
    | 'ORDER_NOT_PAYABLE'
    | 'ALREADY_PAID'
    | 'PROVIDER_DECLINED'
    | 'PROVIDER_UNAVAILABLE'
    | 'REFUND_EXCEEDS_CAPTURED'
    | 'ILLEGAL_TRANSITION'
    | 'DEPENDENCY_UNAVAILABLE';
  readonly message: string;
  /** Path of the argument that caused it. */
  readonly field?: readonly string[];
}
