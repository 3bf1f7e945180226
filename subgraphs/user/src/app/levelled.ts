import { setTimeout as delay } from 'node:timers/promises';

/**
 * Answers after a whole number of steps of time only, so that the time does not tell what was done: a row that was written for an account
 * and not for nobody is a millisecond, and a patient stranger can count it.
 */
export const levelled =
  <Args extends readonly unknown[], Value>(stepMs: number, work: (...args: Args) => Promise<Value>) =>
  async (...args: Args): Promise<Value> => {
    const from = performance.now();
    try {
      return await work(...args);
    } finally {
      const tookMs = performance.now() - from;
      await delay(Math.ceil(tookMs / stepMs) * stepMs - tookMs);
    }
  };
