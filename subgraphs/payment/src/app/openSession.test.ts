import { createLogger, newId } from '@souk/runtime';
import { type CorePaymentStore, memoryPayments, type PaymentTables } from '../testing/memoryStores.js';
import { intent } from '../testing/samples.js';
import { applyIntent } from './applyIntent.js';
import { followIntent } from './followIntent.js';
import { type OpenSessionDeps, openSession } from './openSession.js';
import { type PaymentProvider, type PaymentStore, ProviderRefused, ProviderUnavailable } from './ports.js';

/** An order whose price changes while its intent is being made. Found by the simulation: seed 1101. */
function shop(createIntent: (key: string, call: number) => void) {
  const tables: PaymentTables = {
    payments: new Map(),
    rounds: new Map(),
    sessions: new Map(),
    ledger: [],
    inbox: new Set(),
    webhooks: new Map(),
    publish: () => undefined,
    now: Date.now,
  };
  const sync = memoryPayments(tables);
  const payments = Object.fromEntries(
    (Object.keys(sync) as (keyof CorePaymentStore)[]).map((name) => [
      name,
      async (...args: never[]) => (sync[name] as (...all: never[]) => unknown)(...args),
    ]),
  ) as unknown as PaymentStore;
  const order = { due: 2_489 };
  const keys: string[] = [];
  const answer = { intent: intent({ paymentId: null }), clientSecret: 'secret', redirectUrl: null };
  const provider = {
    code: 'stripe',
    captureMethod: 'AUTOMATIC',
    savedMethods: null,
    available: () => true,
    findIntent: async () => undefined,
    retrieveIntent: async () => answer,
    createIntent: async (_: unknown, key: string) => {
      keys.push(key.replace(/^pay_\w+:/, ''));
      createIntent(key, keys.length);
      return answer;
    },
    updateIntent: async (_: unknown, key: string) => {
      keys.push(key.replace(/^pay_\w+:/, ''));
      return answer;
    },
  } as unknown as PaymentProvider;
  const orders = {
    forPayment: async (id: string) => ({
      id,
      number: '261122-AAAAAAAA',
      status: 'PENDING_PAYMENT',
      currencyCode: 'EUR',
      countryCode: 'DE',
      purposeId: id,
      dueCentAmount: order.due,
      customerId: null,
      paymentDueAt: new Date(Date.now() + 60_000),
      payable: true,
    }),
    extendPaymentWindow: async () => true,
  };
  const base = {
    payments,
    orders,
    providers: new Map([[provider.code, provider]]),
    clock: () => new Date(),
    logger: createLogger('payment', 'silent'),
  };
  const open = openSession({
    ...base,
    followIntent: followIntent({ ...base, applyIntent: applyIntent(base) }),
    reconcileAfterMs: 60_000,
    returnOrigins: new Set(),
  } as unknown as OpenSessionDeps);
  const orderId = newId('ord');
  const session = () =>
    open(
      { kind: 'anonymous' },
      {
        orderId,
        provider: 'stripe',
        idempotencyKey: newId('req'),
        returnUrl: null,
        savePaymentMethod: false,
        paymentMethodId: null,
      },
    );
  return { order, keys, session };
}

test('an intent whose making got no answer is asked for under its own key before it is brought to a new price: one intent', async () => {
  const { order, keys, session } = shop((_, call) => {
    if (call === 1) throw new ProviderUnavailable('no answer');
  });
  expect(await session()).toMatchObject({ ok: false, errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
  order.due = 2_460;
  expect(await session()).toMatchObject({ ok: true, payment: { amountCents: 2_460, providerReference: 'pi_1' } });
  expect(keys).toEqual(['intent:1:2489EUR', 'intent:1:2489EUR', 'amount:2:2460EUR']);
});

test('an intent that was refused as it was first asked for is made with the new price', async () => {
  const { order, keys, session } = shop((key) => {
    if (key.includes('2489')) throw new ProviderRefused('amount_too_large', 'no');
  });
  expect(await session()).toMatchObject({ ok: false, errors: [{ code: 'PROVIDER_DECLINED' }] });
  order.due = 2_460;
  expect(await session()).toMatchObject({ ok: true, payment: { amountCents: 2_460 } });
  expect(keys).toEqual(['intent:1:2489EUR', 'intent:2:2489EUR', 'intent:3:2460EUR']);
});
