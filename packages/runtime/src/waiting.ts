import { setTimeout as delay } from 'node:timers/promises';

/** How use cases wait, draw lots for it, and measure how long they have waited. */
export interface Waiting {
  pause(ms: number): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
  /** Milliseconds of a clock that never goes back. */
  monotonicMs(): number;
}

const REAL: Waiting = {
  pause: async (ms) => void (await delay(ms)),
  random: Math.random,
  monotonicMs: () => performance.now(),
};

let waiting = REAL;

/** Waits that many milliseconds. */
export const pause = (ms: number): Promise<void> => waiting.pause(ms);

/** Waits up to that many milliseconds, so that those who have met do not meet again. */
export const pauseUpTo = (ms: number): Promise<void> => waiting.pause(waiting.random() * ms);

/** For deadlines: the time that has passed, whatever is done to the machine's clock. */
export const monotonicMs = (): number => waiting.monotonicMs();

/** Lets a simulation run use cases in its own time; answers how to go back. Never called by a service. */
export function waitIn(other: Waiting): () => void {
  waiting = other;
  return () => {
    waiting = REAL;
  };
}
