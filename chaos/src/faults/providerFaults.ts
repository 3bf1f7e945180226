/** What the stand-ins for the providers are told to do wrong. */
export interface ProviderControl {
  /** Arms a fault for the next `times` requests that match. */
  arm(fault: object): Promise<void>;
  webhooks(mode: { paused?: boolean; delayMs?: number; duplicates?: number; reorderWindowMs?: number }): Promise<void>;
  /** Disarms everything, and lets webhooks go as they should. */
  calm(): Promise<void>;
  /** Webhooks that are still to be delivered. */
  pendingWebhooks(): Promise<number>;
}

export function controlProviders(standIns: string): ProviderControl {
  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${standIns}/control/${path}`, {
      method,
      signal: AbortSignal.timeout(5_000),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} /control/${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
  return {
    arm: async (fault) => void (await call('POST', 'faults', fault)),
    webhooks: async (mode) => void (await call('PUT', 'webhooks', mode)),
    async calm() {
      await call('DELETE', 'faults');
      await call('PUT', 'webhooks', { paused: false, delayMs: 0, duplicates: 0, reorderWindowMs: 0 });
    },
    pendingWebhooks: async () => ((await call('GET', 'webhooks')) as { pending: number }).pending,
  };
}
