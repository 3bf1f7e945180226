import { randomId } from './randomId.js';

export type Provider = 'stripe' | 'paypal' | 'sendgrid' | 'twilio';
/** Those that take payments, and so can decline them. */
export type PaymentStandIn = 'stripe' | 'paypal';

/**
 * What may go wrong at a provider.
 * - `error`: answers with `status`; `when: 'after'` acts first, so that a retry finds the thing done. With `remembered`
 *   the answer is also kept under the idempotency key, as Stripe does with a 500 from inside of its API.
 * - `hang`: never answers; the client has to give up. By default it acts first.
 * - `close`: cuts the connection without an answer. By default it acts first.
 * - `slow`: answers correctly, `delayMs` later.
 * - `decline`: the next confirmations are declined, whatever the card (Stripe and PayPal).
 */
export type FaultEffect =
  | { readonly kind: 'error'; readonly status: number; readonly when: 'before' | 'after'; readonly remembered: boolean }
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  | { readonly kind: 'close'; readonly when: 'before' | 'after' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'decline'; readonly declineCode: string };

/** A fault of the conversation, not of what is asked for. */
export type TransportFault = Exclude<FaultEffect, { kind: 'decline' }>;

/** A fault that is armed for the next `times` requests that match. */
export interface ArmedFault {
  readonly id: string;
  readonly provider: Provider;
  readonly effect: FaultEffect;
  /** Requests left. */
  readonly times: number;
  /** Only requests with this method (upper case); every one when absent. */
  readonly method?: string;
  /** Only requests whose path contains this text; every one when absent. */
  readonly path?: string;
}

/** The switchboard. It lives in memory: a restart disarms everything. */
export interface Faults {
  arm(fault: Omit<ArmedFault, 'id'>): ArmedFault;
  /** The first armed fault for this request, which is used up by one; undefined when the request shall go well. */
  take(provider: Provider, method: string, path: string): TransportFault | undefined;
  /** The decline code for this attempt to pay, used up by one; undefined when the card shall decide. */
  takeDecline(provider: PaymentStandIn, path: string): string | undefined;
  list(): ArmedFault[];
  clear(): void;
}

/** Creates a switchboard with nothing armed. */
export function createFaults(): Faults {
  let armed: ArmedFault[] = [];
  const useUp = (matches: (fault: ArmedFault) => boolean): FaultEffect | undefined => {
    const found = armed.find(matches);
    if (found === undefined) return undefined;
    armed = armed.flatMap((fault) => {
      if (fault !== found) return [fault];
      return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
    });
    return found.effect;
  };
  return {
    arm(fault) {
      const entry = { ...fault, id: randomId('flt_', 12) };
      armed.push(entry);
      return entry;
    },
    take(provider, method, path) {
      const effect = useUp(
        (fault) =>
          fault.provider === provider &&
          fault.effect.kind !== 'decline' &&
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || path.includes(fault.path)),
      );
      return effect?.kind === 'decline' ? undefined : effect;
    },
    takeDecline(provider, path) {
      const effect = useUp(
        (fault) =>
          fault.provider === provider &&
          fault.effect.kind === 'decline' &&
          (fault.path === undefined || path.includes(fault.path)),
      );
      return effect?.kind === 'decline' ? effect.declineCode : undefined;
    },
    list: () => [...armed],
    clear() {
      armed = [];
    },
  };
}
