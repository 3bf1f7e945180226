/** Why something was not done with a payment. */
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
    | 'CAPTURE_EXCEEDS_AUTHORIZED'
    | 'AMOUNT_MISMATCH'
    | 'ILLEGAL_TRANSITION'
    | 'DEPENDENCY_UNAVAILABLE';
  readonly message: string;
  /** Path of the argument that caused it. */
  readonly field?: readonly string[];
}
