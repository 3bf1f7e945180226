import { createLogger } from '@souk/runtime';
import { intent, payment } from '../testing/samples.js';
import type { PaymentProvider } from './ports.js';
import { type ProcessWebhookDeps, processWebhook } from './processWebhook.js';
import { providerKeys } from './providerKeys.js';

/** Found by the simulation, seed 205973: an intent was cancelled under the key under which its successor had to be cancelled later. */
test('two intents of one payment are never cancelled under one key', () => {
  expect(providerKeys.cancelIntent(payment({ providerReference: 'pi_1' }))).not.toBe(
    providerKeys.cancelIntent(payment({ providerReference: 'pi_2' })),
  );
});

test.each([
  ['is over, which needs nothing', intent({ reference: 'pi_stray', state: 'CANCELLED' }), ['settled IGNORED']],
  ['can still be paid, which may need somebody', intent({ reference: 'pi_stray' }), ['parked']],
])('news of an intent beside the one that its payment knows: it %s', async (_, news, expected) => {
  const done: string[] = [];
  const provider = { code: 'stripe', webhooks: { read: () => ({ kind: 'INTENT', intent: news }) } };
  await processWebhook({
    providers: new Map([['stripe', provider as unknown as PaymentProvider]]),
    payments: { ofIntent: async () => undefined },
    webhooks: {
      settle: async (_id: string, status: string) => void done.push(`settled ${status}`),
      park: async () => void done.push('parked'),
    },
    logger: createLogger('payment', 'silent'),
  } as unknown as ProcessWebhookDeps)({
    id: 'whk_1',
    provider: 'stripe',
    providerEventId: 'evt_1',
    type: 'payment_intent.canceled',
    payload: {},
    attempts: 0,
  });
  expect(done).toEqual(expected);
});
