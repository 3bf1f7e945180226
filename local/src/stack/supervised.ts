import { setTimeout as delay } from 'node:timers/promises';

/** One started program: a child process of ours, or a store behind its guard. */
export interface Running {
  readonly pid: number;
  /** Resolves when the program is gone, with the signal or the status that it ended with. Never rejects. */
  readonly exited: Promise<string | number>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it properly within the deadline, by force afterwards. */
  stop(deadlineMs: number): Promise<void>;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly url: string;
  /** Of the program that runs now; changes when it is restarted. */
  readonly pid: number;
  readonly restarts: number;
  /** Sends a signal. A program that ends by it is started again, like after a crash. */
  kill(signal: NodeJS.Signals): void;
  /** Ends it properly and starts it again; resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly name: string;
  readonly url: string;
  /** Starts the program and resolves when it is ready to work. */
  readonly start: () => Promise<Running>;
  readonly stopDeadlineMs: number;
  readonly log: (line: string) => void;
  /** Called after each (re)start. */
  readonly onStarted: () => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A program that worked this long before it ended is started again without a pause. */
const STABLE_MS = 30_000;

/**
 * Keeps a program running: whenever it ends without having been told to, it is started again, after a pause that grows while
 * it keeps failing. The first start is not repeated: it rejects, so that a person sees why.
 */
export async function supervise(options: SuperviseOptions): Promise<SupervisedProcess> {
  let running = await options.start();
  let startedAt = Date.now();
  let restarts = 0;
  let isStopping = false;
  let recovery: Promise<void> | undefined;
  options.onStarted();
  watch(running);

  function watch(program: Running): void {
    void program.exited.then((how) => {
      if (isStopping || program !== running || recovery !== undefined) return;
      recovery = recover(
        ` (${typeof how === 'number' ? `status ${how}` : how})`,
        Date.now() - startedAt > STABLE_MS ? 0 : FIRST_PAUSE_MS,
      );
    });
  }

  async function recover(how: string, firstPauseMs: number): Promise<void> {
    for (
      let pauseMs = firstPauseMs;
      !isStopping;
      pauseMs = Math.min(Math.max(pauseMs, FIRST_PAUSE_MS) * 2, LONGEST_PAUSE_MS)
    ) {
      options.log(`${options.name} has ended${how}; starting it again${pauseMs > 0 ? ` in ${pauseMs} ms` : ''}`);
      await delay(pauseMs);
      if (isStopping) break;
      try {
        const next = await options.start();
        running = next;
        startedAt = Date.now();
        restarts += 1;
        recovery = undefined;
        if (isStopping) return await next.stop(options.stopDeadlineMs);
        options.onStarted();
        return watch(next);
      } catch (error) {
        options.log(`${options.name} does not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    recovery = undefined;
  }

  return {
    name: options.name,
    url: options.url,
    get pid() {
      return running.pid;
    },
    get restarts() {
      return restarts;
    },
    kill: (signal) => running.signal(signal),
    restart: async () => {
      const old = running;
      recovery ??= old.stop(options.stopDeadlineMs).then(() => recover('', 0));
      await recovery;
    },
    stop: async () => {
      isStopping = true;
      await recovery;
      await running.stop(options.stopDeadlineMs);
    },
  };
}
