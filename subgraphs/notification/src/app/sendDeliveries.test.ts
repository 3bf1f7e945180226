import { jest } from '@jest/globals';
import { createLogger } from '@souk/runtime';
import { retryPolicy } from '../domain/attempt.js';
import type { ClaimedDelivery } from './ports.js';
import { LEASE_MS, sendDeliveries } from './sendDeliveries.js';

const DELIVERY: ClaimedDelivery = {
  id: 'ntf_1',
  eventId: 'evt_1',
  template: 'account.registered',
  channel: 'EMAIL',
  orderId: null,
  userId: 'usr_1',
  params: {},
  attempt: 1,
  mayBeDuplicate: false,
  traceparent: '',
  correlationId: '',
};

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** An attempt whose user service answers after so long. */
function attempt(tookMs: number) {
  const renewed: number[] = [];
  const from = Date.now();
  const unused = () => Promise.reject(new Error('not asked'));
  const sending = sendDeliveries({
    store: {
      finish: async () => undefined,
      renew: async (_deliveries, leaseMs) => {
        expect(leaseMs).toBe(LEASE_MS);
        renewed.push(Date.now() - from);
      },
    },
    readOrder: unused,
    readAccount: () => new Promise((resolve) => setTimeout(() => resolve(undefined), tookMs)),
    sendEmail: unused,
    sendSms: unused,
    shop: { name: 'Souk', storefrontUrl: undefined },
    retry: retryPolicy,
    random: () => 0.5,
    logger: createLogger('test', 'silent'),
    onRetry: () => undefined,
  })([DELIVERY]);
  return { renewed, sending };
}

test('an attempt that takes long keeps its claim until it has ended, so that nobody sends the same message meanwhile', async () => {
  const { renewed, sending } = attempt(10_000);
  await jest.advanceTimersByTimeAsync(10_000);
  await sending;
  expect(renewed).toEqual([3_000, 6_000, 9_000]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(renewed).toHaveLength(3);
});

test('an attempt that is quick renews nothing', async () => {
  const { renewed, sending } = attempt(500);
  await jest.advanceTimersByTimeAsync(500);
  await sending;
  expect(renewed).toEqual([]);
});
