import { eventually } from './eventually.js';

test('answers the first value that is not false, after failures of any kind', async () => {
  let calls = 0;
  expect(
    await eventually(() => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      if (calls === 2) return false;
      return 'there';
    }),
  ).toBe('there');
  expect(calls).toBe(3);
});

test('a probe of expectations alone is done when they hold', async () => {
  let calls = 0;
  await eventually(() => {
    calls += 1;
    expect(calls).toBeGreaterThan(2);
  });
  expect(calls).toBe(3);
});

test('throws what was still wrong when time is up', async () => {
  const probe = () => expect(1).toBe(2);
  await expect(eventually(probe, { timeoutMs: 60 })).rejects.toThrow('Expected: 2');
});

test('an answer of false is reported with the time that it was given', async () => {
  await expect(eventually(() => false, { timeoutMs: 30 })).rejects.toThrow('still answered false after 30 ms');
});
