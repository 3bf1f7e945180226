import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, chown, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type GuardedProcess, startGuardedProcess } from './guardedProcess.js';
import { commandLine } from './ports.js';
import { findPostgresBinaries, type PostgresUser, postgresUser, reachPrefix } from './postgresBinaries.js';
import { StartupError } from './startupError.js';

export interface StartPostgresOptions {
  /** Created when it does not exist. Must belong to this launcher alone: whoever calls holds the lock on it. */
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`; fixed when the data directory is created. */
  readonly password: string;
  /** `durable` keeps every commit; `throwaway` (tests) survives nothing, and is faster for it. */
  readonly mode: 'durable' | 'throwaway';
  readonly onLine?: (line: string) => void;
}

export interface RunningPostgres {
  /** As superuser, database `postgres`. */
  readonly adminUrl: string;
  readonly process: GuardedProcess;
  /** Closes all connections and stops it properly (a checkpoint is written). */
  stop(): Promise<void>;
}

const MAJOR = '18';
const READY = 'database system is ready to accept connections';
const START_TIMEOUT_MS = 60_000;

/** For a machine that runs everything at once: small caches, no JIT (it costs more than such queries do), loopback only. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '64MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '512MB',
  max_wal_size: '512MB',
  jit: 'off',
  password_encryption: 'scram-sha-256',
  synchronous_commit: 'on',
  random_page_cost: '1.1',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_min_duration_statement: '1000',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_timezone: 'UTC',
  timezone: 'UTC',
};
const THROWAWAY = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

/**
 * Starts the real Postgres 18 of the npm registry on a data directory, creating it first if need be. It ends with this
 * process, also when this process is killed; what a killed one left behind (a stale postmaster.pid, a half made data
 * directory, a postmaster that is still alive) is cleared away.
 * Errors: {@link StartupError}.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const user = await postgresUser(options.dataDir);
  const binaries = await findPostgresBinaries(user);
  const prefix = await reachPrefix(options.dataDir, user);
  await requireOurVersion(options.dataDir);
  if (!existsSync(join(options.dataDir, 'PG_VERSION'))) await initialise(options, binaries.initdb, user, prefix);
  await endLeftover(options.dataDir);
  const settings = Object.entries({
    ...SETTINGS,
    ...(options.mode === 'throwaway' ? THROWAWAY : {}),
    ...(await sharedMemory()),
  });
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [...prefix, binaries.postgres, '-D', options.dataDir, '-p', String(options.port), ...flags];
  const running = await startUntilReady(
    command as [string, ...string[]],
    options,
    prefix.length > 0 ? undefined : user,
  );
  return {
    adminUrl: `postgresql://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/postgres`,
    process: running,
    stop: () => running.stop(20_000),
  };
}

async function requireOurVersion(dataDir: string): Promise<void> {
  const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => MAJOR);
  if (version.trim() === MAJOR) return;
  throw new StartupError(
    'WRONG_VERSION',
    `${dataDir} was made by Postgres ${version.trim()}, but this is Postgres ${MAJOR}. Start the version of Souk that made it and ` +
      `export what you need, then move the folder away (mv ${dataDir} ${dataDir}-${version.trim()}) and start again.`,
  );
}

/** initdb into a folder beside it, renamed when complete: killed half way, it leaves nothing that looks like a database. */
async function initialise(
  options: StartPostgresOptions,
  initdb: string,
  user: PostgresUser | undefined,
  prefix: readonly string[],
): Promise<void> {
  const unfinished = `${options.dataDir}.new`;
  const passwordFile = `${options.dataDir}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(dirname(options.dataDir), { recursive: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (user !== undefined) await Promise.all([unfinished, passwordFile].map((path) => chown(path, user.uid, user.gid)));
  const [command, ...args] = [
    ...prefix,
    initdb,
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.mode === 'throwaway' ? ['--no-sync'] : []),
  ] as [string, ...string[]];
  try {
    await promisify(execFile)(command, args, {
      env: { ...process.env, LC_ALL: 'C' },
      ...(user === undefined || prefix.length > 0 ? {} : { uid: user.uid, gid: user.gid }),
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw explain(options, (stderr ?? message).split('\n'));
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rm(options.dataDir, { recursive: true, force: true });
  await rename(unfinished, options.dataDir);
}

/** A postmaster on our data directory that outlived its launcher is stopped; a pid file without one is removed. */
async function endLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid)) return;
  const isOurs = async (): Promise<boolean> => {
    const command = await commandLine(pid);
    return command.includes('postgres') && command.includes(dataDir);
  };
  for (let attempt = 0; await isOurs(); attempt += 1) {
    if (attempt === 200) {
      throw new StartupError(
        'ALREADY_RUNNING',
        `Postgres (process ${pid}) still works on ${dataDir} and does not stop. End it: kill -9 ${pid}`,
      );
    }
    if (attempt === 0) process.kill(pid, 'SIGINT');
    if (attempt === 100) process.kill(pid, 'SIGQUIT');
    await pause(50);
  }
  await rm(pidFile, { force: true });
}

async function startUntilReady(
  command: readonly [string, ...string[]],
  options: StartPostgresOptions,
  user: PostgresUser | undefined,
): Promise<GuardedProcess> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    let announce: () => void = () => undefined;
    const ready = new Promise<'ready'>((resolve) => {
      announce = () => resolve('ready');
    });
    const running = await startGuardedProcess({
      command,
      stopSignal: 'INT',
      env: { ...process.env, LC_ALL: 'C', PGTZ: 'UTC' },
      ...user,
      onLine: (line) => {
        options.onLine?.(line);
        if (line.includes(READY)) announce();
      },
    });
    const outcome = await Promise.race([ready, running.exited, pause(deadline - Date.now(), 'timeout' as const)]);
    if (outcome === 'ready') return running;
    await running.stop(1_000);
    const lines = running.lastLines();
    // The processes of a killed postmaster need a moment to notice and to let go of the shared memory.
    const isTransient = lines.some((line) => line.includes('is still in use'));
    if (!isTransient || Date.now() > deadline) throw explain(options, lines);
    await pause(250);
  }
}

/** What a refusal of Postgres means for the person in front of the machine. */
function explain(options: StartPostgresOptions, lines: readonly string[]): StartupError {
  const text = lines.join('\n');
  if (/No space left on device|could not extend file|could not resize shared memory/.test(text)) {
    return new StartupError(
      'DISK_FULL',
      `There is no space left for Postgres on the disk of ${options.dataDir}. Free some space (about 300 MB), then start again; no order is lost.`,
    );
  }
  if (/Address already in use|could not bind/.test(text)) {
    return new StartupError(
      'PORT_BUSY',
      `Port ${options.port} for Postgres was taken by another program just now. Start again.`,
    );
  }
  if (/[Pp]ermission denied|not permitted/.test(text)) {
    return new StartupError('NOT_PERMITTED', `Postgres may not use ${options.dataDir}:\n${lastOf(lines)}`);
  }
  return new StartupError('PROCESS_FAILED', `Postgres did not start on ${options.dataDir}:\n${lastOf(lines)}`);
}

const lastOf = (lines: readonly string[]): string =>
  lines
    .filter((line) => line.trim() !== '')
    .slice(-12)
    .map((line) => `  ${line}`)
    .join('\n');

/** Postgres shares memory through /dev/shm; where that is missing or closed, through files. */
async function sharedMemory(): Promise<Record<string, string>> {
  if (process.platform !== 'linux') return {};
  const usable = await access('/dev/shm', constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  return usable ? {} : { dynamic_shared_memory_type: 'mmap' };
}

function pause(ms: number): Promise<undefined>;
function pause<T>(ms: number, value: T): Promise<T>;
function pause<T>(ms: number, value?: T): Promise<T | undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), ms).unref();
  });
}
