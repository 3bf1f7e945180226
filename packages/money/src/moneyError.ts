/**
 * What can go wrong with an amount. `CURRENCY_MISMATCH` and `UNSAFE_AMOUNT` are programming faults unless the
 * amounts come from a client: check with {@link isMoney} at the edge and compare currencies before calculating.
 */
export type MoneyErrorCode =
  | 'CURRENCY_MISMATCH'
  | 'CURRENCY_UNKNOWN'
  | 'UNSAFE_AMOUNT'
  | 'INVALID_RATE'
  | 'INVALID_WEIGHTS';

/** Thrown by every function of this package; nothing here ever returns a wrong amount instead. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';

  constructor(
    readonly code: MoneyErrorCode,
    message: string,
  ) {
    super(message);
  }
}
