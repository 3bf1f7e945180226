import { createLogger } from '@souk/runtime';
import { memoryPayments, type PaymentTables } from '../testing/memoryStores.js';
import { payment } from '../testing/samples.js';
import { type ExecuteRefundDeps, executeRefund } from './executeRefund.js';
import { nextAttempt } from './followIntent.js';
import { type PaymentProvider, type PaymentStore, ProviderUnavailable } from './ports.js';

/** Found by the simulation: seed 109969. */
function storeOf(opened: ReturnType<typeof payment>) {
  const tables: PaymentTables = {
    payments: new Map([[opened.id, opened]]),
    rounds: new Map(),
    sessions: new Map(),
    ledger: [],
    inbox: new Set(),
    webhooks: new Map(),
    publish: () => undefined,
    now: Date.now,
  };
  const store = memoryPayments(tables);
  const payments = {
    byIds: async (ids: readonly string[]) => store.byIds(ids, false),
    apply: async (change: Parameters<typeof store.apply>[0]) => store.apply(change),
    disputesOf: async () => [],
  } as unknown as PaymentStore;
  return { payments, now: () => tables.payments.get(opened.id) };
}

test('two runs that met the same failure of the provider go on with the same key, and so with one intent', async () => {
  const opened = payment();
  const { payments, now } = storeOf(opened);
  await Promise.all([nextAttempt(payments, opened), nextAttempt(payments, opened)]);
  expect(now()?.attempt).toBe(2);
  await nextAttempt(payments, { ...opened, attempt: 2 });
  expect(now()?.attempt).toBe(3);
});

test('two runs that met the same failure ask for a refund under the same next key, and so for one refund', async () => {
  const refund = {
    id: 'ref_1',
    paymentId: 'pay_1',
    amountCents: 500,
    state: 'PENDING' as const,
    reason: null,
    initiatedBy: 'STAFF' as const,
    returnId: null,
    requestKey: 'usr_1:key',
    inputHash: 'hash',
    providerReference: null,
    failureCode: null,
    attempt: 1,
    attemptAt: new Date(),
    createdAt: new Date(),
  };
  const captured = payment({ state: 'CAPTURED', capturedCents: 4_550, refundReservedCents: 500, refunds: [refund] });
  const { payments, now } = storeOf(captured);
  const keys: string[] = [];
  const provider = {
    code: 'stripe',
    listRefunds: async () => [],
    refund: async (_: unknown, __: unknown, key: string) => {
      keys.push(key);
      throw new ProviderUnavailable('500', true);
    },
  } as unknown as PaymentProvider;
  const execute = executeRefund({
    payments,
    providers: new Map([[provider.code, provider]]),
    clock: () => new Date(),
    logger: createLogger('payment', 'silent'),
  } as unknown as ExecuteRefundDeps);
  await Promise.all([execute(captured, refund), execute(captured, refund)]);
  expect(keys).toEqual(['ref_1:refund:1:500EUR', 'ref_1:refund:1:500EUR']);
  expect(now()?.refunds[0]?.attempt).toBe(2);
});
