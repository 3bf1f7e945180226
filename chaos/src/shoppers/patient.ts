import { setTimeout as delay } from 'node:timers/promises';
import { Refused, type Shopper } from '@souk/local/shopper';

/** A client that sends again, with the same variables and so with the same idempotency keys, whatever gets in its way. */
export interface Patient {
  /**
   * @throws Refused for an answer that trying again would not change.
   * @throws OutOfPatience when nothing else came within `patienceMs`.
   */
  send<Data>(operation: string, variables?: object, o?: { patienceMs?: number }): Promise<Data>;
  /** How many times something was sent again, by the reason. */
  readonly retries: ReadonlyMap<string, number>;
  /** What is being waited for at this moment, with the reason why it was sent again. */
  waitingFor(): string[];
}

export class OutOfPatience extends Error {
  override readonly name = 'OutOfPatience';
}

/** What an outage answers, and what says "not yet": a client of a real shop sends these again. */
const PASSING = new Set([
  'DEPENDENCY_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
  'PROVIDER_UNAVAILABLE',
  'CONFLICT',
  'SERVICE_UNAVAILABLE',
  'TIMEOUT',
  'RATE_LIMITED',
]);

/** `signIn` is called when the session has run out, before the same is sent again. */
export function createPatience(
  shopper: Shopper,
  defaults: { readonly patienceMs: number; readonly signIn?: (shopper: Shopper) => Promise<void> },
): Patient {
  const { signIn } = defaults;
  const retries = new Map<string, number>();
  const waiting = new Map<object, string>();
  return {
    retries,
    waitingFor: () => [...waiting.values()],
    async send<Data>(operation: string, variables: object = {}, o: { patienceMs?: number } = {}): Promise<Data> {
      const deadline = Date.now() + (o.patienceMs ?? defaults.patienceMs);
      const me = {};
      waiting.set(me, operation);
      try {
        return await untilAnswered<Data>(operation, variables, deadline, (reason) =>
          waiting.set(me, `${operation} (${reason})`),
        );
      } finally {
        waiting.delete(me);
      }
    },
  };

  async function untilAnswered<Data>(
    operation: string,
    variables: object,
    deadline: number,
    tell: (reason: string) => void,
  ): Promise<Data> {
    for (let pauseMs = 150; ; pauseMs = Math.min(pauseMs * 1.6, 2_000)) {
      let reason: string;
      try {
        return (await shopper.send<Data>(operation, variables)).data;
      } catch (error) {
        reason = reasonOf(error);
        if (reason === 'UNAUTHENTICATED' && signIn !== undefined) await signIn(shopper).catch(() => undefined);
        else if (error instanceof Refused && !isPassing(error)) throw error;
      }
      retries.set(reason, (retries.get(reason) ?? 0) + 1);
      tell(reason);
      if (Date.now() > deadline) throw new OutOfPatience(`${operation}: ${reason}`);
      await delay(pauseMs * (0.75 + Math.random() / 2));
    }
  }
}

const isPassing = (refused: Refused): boolean =>
  refused.status >= 500 || refused.errors.some(({ code }) => PASSING.has(code));

function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.errors[0]?.code ?? `HTTP ${error.status}`;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'unknown';
}
