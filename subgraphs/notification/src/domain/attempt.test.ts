import { afterFailure, afterSending, retryPolicy } from './attempt.js';
import { parseMailAddress } from './mailAddress.js';

const policy = { firstDelayMs: 100, maxDelayMs: 1_000, maxAttempts: 5 };

test('delays double up to their maximum and are spread by a quarter both ways', () => {
  const delay = (attempt: number, random: number) => afterFailure(policy, attempt, null, 'x', random);
  expect(delay(1, 0.5)).toEqual({ state: 'QUEUED', recipient: null, reason: 'x', delayMs: 100 });
  expect(delay(3, 0.5)).toMatchObject({ delayMs: 400 });
  expect(delay(1, 0)).toMatchObject({ delayMs: 75 });
  expect(delay(1, 1)).toMatchObject({ delayMs: 125 });
  expect(afterFailure({ ...policy, maxAttempts: 99 }, 40, null, 'x', 0.5)).toMatchObject({ delayMs: 1_000 });
});

test('after the last attempt a delivery is given up, and its reason says so', () => {
  expect(afterFailure(policy, 5, 'a@b.c', 'sendgrid 500', 0)).toEqual({
    state: 'FAILED',
    recipient: 'a@b.c',
    reason: 'gave up after 5 attempts: sendgrid 500',
  });
});

test('a message that the provider refuses is not tried again', () => {
  const refused = { ok: false, final: true, reason: 'sendgrid 400' } as const;
  expect(afterSending(policy, 1, 'a@b.c', refused, 0)).toEqual({
    state: 'FAILED',
    recipient: 'a@b.c',
    reason: 'sendgrid 400',
  });
});

test('the default policy goes on for about two days', () => {
  let total = 0;
  for (let attempt = 1; attempt < retryPolicy.maxAttempts; attempt += 1) {
    const outcome = afterFailure(retryPolicy, attempt, null, 'x', 0.5);
    if (outcome.state === 'QUEUED') total += outcome.delayMs;
  }
  expect(total / 3_600_000).toBeGreaterThan(40);
  expect(total / 3_600_000).toBeLessThan(56);
});

test('a sender is an address, with or without a name; anything else is not', () => {
  expect(parseMailAddress('Souk <shop@example.com>')).toEqual({ name: 'Souk', email: 'shop@example.com' });
  expect(parseMailAddress('"Souk & Co" <shop@example.com>')).toEqual({ name: 'Souk & Co', email: 'shop@example.com' });
  expect(parseMailAddress(' shop@example.com ')).toEqual({ email: 'shop@example.com' });
  for (const wrong of ['Souk', '<shop@example.com', 'a@b <c@d> e', '']) expect(parseMailAddress(wrong)).toBeUndefined();
});
