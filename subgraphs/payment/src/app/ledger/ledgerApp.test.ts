import { metrics, newId } from '@souk/runtime';
import { type AccountBalance, createLedgerApp, type LedgerStore } from './ledgerApp.js';

/** A ledger in memory: entries by the time at which they were booked. */
function memoryLedger() {
  const entries: (AccountBalance & { id: string })[] = [];
  const asked: [string, string | null][] = [];
  const store: LedgerStore = {
    lines: async () => [],
    async sums(afterId, upToId) {
      asked.push([afterId, upToId]);
      return entries.filter(({ id }) => id > afterId && (upToId === null || id <= upToId));
    },
    openDifferences: async () => [{ kind: 'AMOUNT', count: 2 }],
  };
  const book = (at: Date, cents: number, currencyCode = 'EUR') => {
    entries.push({ id: newId('led', at), account: 'provider:stripe', currencyCode, balanceCents: cents });
    entries.push({ id: newId('led', at), account: 'orders', currencyCode, balanceCents: -cents });
  };
  return { store, entries, asked, book };
}

async function valuesOf(name: string): Promise<Record<string, number>> {
  const metric = (await metrics.registry.getMetricsAsJSON()).find((one) => one.name === name);
  const values = (metric?.values ?? []) as { labels: Record<string, string>; value: number }[];
  return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}

test('balances are told whenever entries were booked, and each round reads only what is new', async () => {
  const now = { at: new Date('2026-11-22T12:00:00.000Z') };
  const minutesAgo = (minutes: number) => new Date(now.at.getTime() - minutes * 60_000);
  const memory = memoryLedger();
  const app = createLedgerApp({ ledger: memory.store, clock: () => now.at });
  memory.book(minutesAgo(60), 1_000);
  memory.book(minutesAgo(1), 500);
  memory.book(minutesAgo(1), 70, 'JPY');
  await app.watchLedger();
  expect(await valuesOf('souk_payment_account_balance')).toEqual({
    'provider:stripe EUR': 1_500,
    'orders EUR': -1_500,
    'provider:stripe JPY': 70,
    'orders JPY': -70,
  });
  // Committed behind later ones, as a slow transaction is.
  memory.book(minutesAgo(4), 25);
  now.at = new Date(now.at.getTime() + 10 * 60_000);
  await app.watchLedger();
  expect(await valuesOf('souk_payment_account_balance')).toMatchObject({ 'provider:stripe EUR': 1_525 });
  expect(await valuesOf('souk_payment_ledger_balance')).toEqual({ EUR: 0, JPY: 0 });
  const [first, , second] = memory.asked;
  expect(first?.[0]).toBe('');
  expect(second?.[0]).toBe(first?.[1]);
});

test('a ledger that does not balance is told as such, and differences by kind', async () => {
  const memory = memoryLedger();
  const app = createLedgerApp({ ledger: memory.store, clock: () => new Date('2026-11-22T12:00:00.000Z') });
  memory.entries.push({ id: newId('led', 1), account: 'orders', currencyCode: 'CHF', balanceCents: -3 });
  await app.watchLedger();
  expect(await valuesOf('souk_payment_ledger_balance')).toMatchObject({ CHF: -3 });
  expect(await valuesOf('souk_payment_reconciliation_differences')).toEqual({
    MISSING_HERE: 0,
    MISSING_THERE: 0,
    AMOUNT: 2,
    CURRENCY: 0,
    LEDGER: 0,
  });
});

test('the ledger of an order or of a payment is asked for, not of both or of none', () => {
  const app = createLedgerApp({ ledger: memoryLedger().store, clock: () => new Date() });
  expect(() => app.ledgerLines({ orderId: null, paymentId: null })).toThrow('either');
  expect(() => app.ledgerLines({ orderId: 'ord_1', paymentId: 'pay_1' })).toThrow('either');
});
