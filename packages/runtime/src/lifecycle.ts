import { ConfigError } from './config.js';
import { prepareFailpoints } from './failpoints.js';
import type { Logger } from './logger.js';

export interface Life {
  /** Registers what to close when the process stops; the last registered is closed first. */
  onShutdown(name: string, close: () => Promise<unknown>): void;
}

/**
 * Runs a process: starts it, and on SIGTERM or SIGINT closes what was registered, in reverse order, within
 * `shutdownTimeoutMs`; what hangs is named in the log and left. A start that fails closes what was started and exits
 * with status 1, or 78 (EX_CONFIG) when the configuration is faulty. In production it does not start with failpoints set.
 */
export function runService(
  service: string,
  start: (life: Life) => Promise<{ logger: Logger; shutdownTimeoutMs?: number }>,
): void {
  const closers: { name: string; close: () => Promise<unknown> }[] = [];
  let logger: Logger | undefined;
  let timeoutMs = 10_000;
  let stopping = false;

  async function stop(reason: string, status: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    logger?.info({ reason }, 'stopping');
    const deadline = setTimeout(() => {
      logger?.error({ waitingFor: closers.map((closer) => closer.name) }, 'stopped before all work was finished');
      process.exit(status || 1);
    }, timeoutMs);
    for (let closer = closers.at(-1); closer; closer = closers.at(-1)) {
      await closer
        .close()
        .catch((error: unknown) => logger?.error({ err: error, part: closer?.name }, 'closing failed'));
      closers.pop();
    }
    clearTimeout(deadline);
    logger?.info('stopped');
    process.exit(status);
  }

  function fail(what: string, error: unknown): void {
    if (error instanceof ConfigError) process.stderr.write(`${service}: ${error.message}\n`);
    else if (logger) logger.fatal({ err: error }, what);
    else process.stderr.write(`${service}: ${what}: ${error instanceof Error ? error.stack : String(error)}\n`);
    void stop(what, error instanceof ConfigError ? 78 : 1);
  }

  process.once('SIGTERM', () => void stop('SIGTERM', 0));
  process.once('SIGINT', () => void stop('SIGINT', 0));
  process.on('unhandledRejection', (error) => fail('unhandled rejection', error));
  process.on('uncaughtException', (error) => fail('uncaught exception', error));

  const begin = async () => {
    prepareFailpoints(service, process.env);
    return start({ onShutdown: (name, close) => closers.push({ name, close }) });
  };
  begin().then(
    (started) => {
      logger = started.logger;
      timeoutMs = started.shutdownTimeoutMs ?? timeoutMs;
      logger.info({ pid: process.pid, node: process.version }, 'started');
    },
    (error: unknown) => fail('could not start', error),
  );
}
