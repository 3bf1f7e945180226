import { setTimeout as delay } from 'node:timers/promises';

/** How a payment stands at the provider. */
export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'processing'
  | 'succeeded'
  | 'canceled';

/**
 * What a shopper's browser does at the provider, which our servers have no part in: pay, and pass 3-D Secure. Asked again until the
 * provider answers; a payment whose answer was lost is found done.
 */
export interface Browser {
  /** Pays with a test card; answers how the payment stands then. A declined card leaves it to be paid. */
  pay(intentId: string, method: string): Promise<IntentStatus>;
  authenticate(intentId: string): Promise<IntentStatus>;
  status(intentId: string): Promise<IntentStatus>;
  /** What is being waited for at this moment. */
  waitingFor(): string[];
}

const PATIENCE_MS = 60_000;

export function createBrowser(standIns: string): Browser {
  async function call(path: string, body?: object): Promise<{ status: number; answer: unknown }> {
    const response = await fetch(`${standIns}/control/payment_intents/${path}`, {
      signal: AbortSignal.timeout(8_000),
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, answer: await response.json() };
  }
  const waiting = new Map<object, string>();
  async function untilAnswered<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const me = {};
    waiting.set(me, what.split(' ')[0] ?? what);
    try {
      return await asked(what, ask);
    } finally {
      waiting.delete(me);
    }
  }
  async function asked<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    for (const deadline = Date.now() + PATIENCE_MS; ; ) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      if (Date.now() > deadline) throw new Error(`the provider did not answer: ${what}`);
      await delay(300 + Math.random() * 300);
    }
  }
  const status = (intentId: string): Promise<IntentStatus> =>
    untilAnswered(`status of ${intentId}`, async () => {
      const { status: code, answer } = await call(intentId);
      return code === 200 ? (answer as { intent: { status: IntentStatus } }).intent.status : undefined;
    });
  /** 402 and 400 are answers too: declined, or not in a state to be paid (any more). */
  const act = async (intentId: string, step: string, body: object): Promise<IntentStatus> => {
    await untilAnswered(`${step} ${intentId}`, async () =>
      (await call(`${intentId}/${step}`, body)).status < 500 ? true : undefined,
    );
    return status(intentId);
  };
  return {
    status,
    waitingFor: () => [...waiting.values()],
    pay: (intentId, method) => act(intentId, 'pay', { payment_method: method }),
    authenticate: (intentId) => act(intentId, 'authenticate', { outcome: 'succeed' }),
  };
}
