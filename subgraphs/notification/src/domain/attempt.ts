/** How a provider answered. `reason` names no person and no address. */
export type SendResult =
  | { readonly ok: true; readonly providerMessageId: string | null }
  /** Trying again cannot help: the provider refuses this message. */
  | { readonly ok: false; readonly final: true; readonly reason: string }
  /** The provider is down, too slow, or refuses us for now. It may have taken the message nevertheless. */
  | { readonly ok: false; readonly final: false; readonly reason: string };

/** What became of one attempt to send one delivery. */
export type Outcome =
  | { readonly state: 'SENT'; readonly recipient: string; readonly providerMessageId: string | null }
  | { readonly state: 'FAILED' | 'SUPPRESSED'; readonly recipient: string | null; readonly reason: string }
  | { readonly state: 'QUEUED'; readonly recipient: string | null; readonly reason: string; readonly delayMs: number };

/** How often and how soon a failed delivery is tried again. */
export interface RetryPolicy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** After so many attempts it is given up; about two days with the defaults. */
  readonly maxAttempts: number;
}

export const retryPolicy: RetryPolicy = { firstDelayMs: 2_000, maxDelayMs: 3_600_000, maxAttempts: 55 };

/** After a failure that may pass: queued again with doubling delay (`random` in 0…1 spreads it by ±25 %), or given up. */
export function afterFailure(
  policy: RetryPolicy,
  attempt: number,
  recipient: string | null,
  reason: string,
  random: number,
): Outcome {
  if (attempt >= policy.maxAttempts)
    return { state: 'FAILED', recipient, reason: `gave up after ${attempt} attempts: ${reason}` };
  const delay = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt - 1, 30));
  return { state: 'QUEUED', recipient, reason, delayMs: Math.round(delay * (0.75 + random / 2)) };
}

/** The outcome of an attempt that reached the provider. */
export function afterSending(
  policy: RetryPolicy,
  attempt: number,
  recipient: string,
  result: SendResult,
  random: number,
): Outcome {
  if (result.ok) return { state: 'SENT', recipient, providerMessageId: result.providerMessageId };
  if (result.final) return { state: 'FAILED', recipient, reason: result.reason };
  return afterFailure(policy, attempt, recipient, result.reason, random);
}
