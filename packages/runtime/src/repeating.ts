import { newContext, runInContext } from './context.js';
import type { Logger } from './logger.js';

export interface Repeating {
  /** Starts a round now, or right after the one under way. */
  wake(): void;
  /** Starts no further round and waits for the one under way. */
  close(): Promise<void>;
}

/**
 * Runs `work` now and then, never two rounds at once: `everyMs` after the last round ended (± 10 %, so that replicas do not
 * move in step), at once when it answers true (there is more to do), and when woken. A round that throws is logged and the
 * next one comes as planned. Each round is a unit of work of its own.
 */
export function startRepeating(o: {
  name: string;
  everyMs: number;
  logger: Logger;
  work: () => Promise<boolean>;
}): Repeating {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let woken = false;
  let closed = false;

  async function round(): Promise<void> {
    let again = false;
    do {
      woken = false;
      try {
        again = await runInContext(newContext('background'), o.work);
      } catch (error) {
        again = false;
        o.logger.error({ err: error, work: o.name }, 'a round of background work failed');
      }
    } while ((again || woken) && !closed);
  }

  function start(): void {
    clearTimeout(timer);
    if (closed || running) return;
    running = round().finally(() => {
      running = undefined;
      if (!closed) timer = setTimeout(start, o.everyMs * (0.9 + Math.random() * 0.2));
    });
  }

  timer = setTimeout(start, 0);
  return {
    wake() {
      woken = true;
      start();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
