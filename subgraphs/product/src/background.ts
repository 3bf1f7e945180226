import { type Logger, newContext, runInContext } from '@souk/runtime';

export interface Background {
  /** Runs it now instead of at the next turn; when it is running, once more after that. */
  wake(): void;
  /** Lets a running turn finish and starts no more. */
  close(): Promise<void>;
}

/** Does `work` again and again with a pause in between. What it throws is logged, and it is tried at the next turn. */
export function inBackground(o: {
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  readonly logger: Logger;
}): Background {
  let closed = false;
  let woken = false;
  let endPause: (() => void) | undefined;

  const running = (async () => {
    while (!closed) {
      woken = false;
      try {
        await runInContext(newContext('background', { actor: 'service:product' }), o.work);
      } catch (error) {
        o.logger.warn({ err: error, work: o.name }, 'background work failed; it is tried again');
      }
      if (closed || woken) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, o.everyMs);
        timer.unref();
        endPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      endPause = undefined;
    }
  })();

  return {
    wake() {
      woken = true;
      endPause?.();
    },
    async close() {
      closed = true;
      endPause?.();
      await running;
    },
  };
}
