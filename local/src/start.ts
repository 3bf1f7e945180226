import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PROCESSES, type ProcessName } from './stack/names.js';
import { type Stack, startStack } from './stack.js';
import { openDemoData } from './start/demoData.js';
import { summary } from './start/summary.js';
import { StartupError } from './stores/startupError.js';

const USAGE = `npm start -- [--without NAME,…] [--only NAME,…] [--one-process] [--random-ports] [--no-demo-data]
  NAME is one of: ${PROCESSES.join(', ')}
  --one-process runs all services in one process: half the memory, and none can be left out or restarted alone
  SOUK_DATA_DIR is where everything is kept (.souk)`;

/** Thrown when the person gives the start up with Ctrl-C: nothing to report. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * `npm start`: starts the shop, fills an empty one with demo data, prints the table, and stays until it is told to stop.
 * `beganAt` is when the whole command began, in milliseconds of the clock.
 */
export async function start(args: readonly string[], beganAt: number): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      without: { type: 'string' },
      only: { type: 'string' },
      'one-process': { type: 'boolean' },
      'random-ports': { type: 'boolean' },
      'no-demo-data': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const dataDir = resolve(process.env.SOUK_DATA_DIR ?? '.souk');
  const only = chosenProcesses(values.only, values.without);
  if (values['one-process'] === true && only !== undefined) {
    throw new StartupError(
      'TOOL_MISSING',
      `--one-process starts all services; leave --only and --without away.\n${USAGE}`,
    );
  }
  const log = (line: string): void => console.log(`  ${line}`);

  const interruption = new AbortController();
  let running: Stack | undefined;
  let isStopping = false;
  const stop = (signal: string): void => {
    interruption.abort(new Interrupted(signal));
    if (isStopping) return;
    isStopping = true;
    console.log(`\nStopping (${signal}): the services finish what they are doing, then the stores close …`);
    if (running !== undefined) void stopAndExit(running);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));

  console.log('Starting the stores and services');
  const demo = values['no-demo-data'] === true ? undefined : await openDemoData();
  const stack = await startStack({
    dataDir,
    oneProcess: values['one-process'] === true,
    ports: values['random-ports'] === true ? 'random' : 'default',
    ...(only === undefined ? {} : { only }),
    ...(demo === undefined ? {} : { env: demo.environment(process.env) }),
    log,
    signal: interruption.signal,
  });
  running = stack;
  if (isStopping) return stopAndExit(stack);
  const hasEverything = only === undefined;
  try {
    if (demo !== undefined && hasEverything) await demo.seed(stack, dataDir, log);
  } catch (error) {
    if (!isStopping) {
      await stack.stop();
      throw error;
    }
  }
  if (isStopping) return;
  const shownDir = relative(process.cwd(), dataDir) || dataDir;
  const facts = {
    urls: stack.urls,
    publicUrl: stack.env.PUBLIC_URL ?? stack.urls.gateway,
    accounts: demo?.accounts(stack) ?? [],
    hasMailbox: stack.processes.has('standIns'),
    dataDir: shownDir.startsWith('..') ? dataDir : shownDir,
    tookMs: Date.now() - beganAt,
  };
  console.log(`\n${summary(facts)}`);
}

async function stopAndExit(stack: Stack): Promise<void> {
  try {
    await stack.stop();
    console.log('Stopped. Everything is kept for the next start.');
    process.exit(0);
  } catch (error) {
    console.error(`Not everything stopped as it should: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

function chosenProcesses(only: string | undefined, without: string | undefined): ProcessName[] | undefined {
  if (only === undefined && without === undefined) return undefined;
  const names = (text: string | undefined): ProcessName[] | undefined => text?.split(',').map(processName);
  const left = new Set(names(without));
  return (names(only) ?? [...PROCESSES]).filter((name) => !left.has(name));
}

function processName(text: string): ProcessName {
  const name = PROCESSES.find((it) => it === text.trim());
  if (name === undefined) throw new StartupError('TOOL_MISSING', `There is no process "${text}".\n${USAGE}`);
  return name;
}

/** The error as text for a person, when it is one that a person can do something about. */
export function explainStartError(error: unknown): string | undefined {
  if (error instanceof Interrupted) return '';
  if (error instanceof StartupError) return error.message;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC') return `The disk is full (${message}). Free some space, then start again; no order is lost.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `This user may not write here: ${message}\nKeep the data elsewhere: SOUK_DATA_DIR=/elsewhere npm start`;
  }
  if (error instanceof Error && error.name === 'MigrationError') return message;
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')) return `${message}\n${USAGE}`;
  return undefined;
}
