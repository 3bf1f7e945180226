/** Doubling delay in milliseconds with ±25 % jitter, so that replicas do not move in step. `attempt` starts at 0. */
export function backoffMs(attempt: number, firstMs: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30)) * (0.75 + Math.random() / 2);
}

/** Something a loop can sleep on: wakes at `wake`, at the timeout or when closed, whichever is first. A wake is never lost. */
export interface Bell {
  wake(): void;
  /** Answers at once when it was woken since the last sleep. */
  sleep(ms: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let resume: (() => void) | undefined;
  return {
    wake() {
      rung = true;
      resume?.();
    },
    async sleep(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          resume = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        resume = undefined;
      }
      rung = false;
    },
  };
}

/** Resolves with the work's value, or rejects after `ms`; the work itself goes on. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
