import { createLogger } from '@souk/runtime';
import { memoryPayments, type PaymentTables } from '../testing/memoryStores.js';
import { intent, payment } from '../testing/samples.js';
import type { PaymentProvider } from './ports.js';
import { ProviderUnavailable } from './ports.js';
import { type SettlePaymentsDeps, settlePayments } from './settlePayments.js';

/** Found by the simulation: seed 187. */
test('a failure that the provider keeps under its key, met by a process that died, is got over by the next rounds', async () => {
  let now = Date.parse('2026-11-22T12:00:00.000Z');
  const opened = payment({ providerReference: null, reconcileAt: new Date(now) });
  const tables: PaymentTables = {
    payments: new Map([[opened.id, opened]]),
    rounds: new Map(),
    sessions: new Map(),
    ledger: [],
    inbox: new Set(),
    webhooks: new Map(),
    publish: () => undefined,
    now: () => now,
  };
  const store = memoryPayments(tables);
  const keys: string[] = [];
  const provider = {
    code: 'stripe',
    findIntent: async () => undefined,
    createIntent: async (_: unknown, key: string) => {
      keys.push(key);
      if (key.includes(':intent:1:')) throw new ProviderUnavailable('500', true);
      return { intent: intent(), clientSecret: null, redirectUrl: null };
    },
  } as unknown as PaymentProvider;
  const followed: string[] = [];
  const settle = settlePayments({
    payments: {
      takeUnsettled: async (limit: number) => store.takeUnsettled(limit),
      byIds: async (ids: readonly string[]) => store.byIds(ids, false),
      apply: async (change: Parameters<typeof store.apply>[0]) => store.apply(change),
    },
    providers: new Map([[provider.code, provider]]),
    followIntent: async (known: typeof opened) => {
      followed.push(known.id);
      return { payment: { ...known, state: 'CAPTURED' }, changed: false };
    },
    clock: () => new Date(now),
    logger: createLogger('payment', 'silent'),
  } as unknown as SettlePaymentsDeps);

  await settle();
  now += 60_000;
  await settle();
  expect(keys).toEqual(['pay_1:intent:1:4550EUR', 'pay_1:intent:2:4550EUR']);
  expect(followed).toEqual(['pay_1']);
});
