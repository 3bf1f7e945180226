/**
 * The stores of one test run, as a process of their own: Postgres and Redis on random ports, each started when the first
 * test asks for it. It ends, with everything it started, when its standard input closes: at the end of the run, or when
 * Jest dies.
 *
 * Protocol: prints one line, the base URL. `GET <base>/postgres` → {adminUrl, passwords}; `GET <base>/redis` → {url};
 * `GET <base>/documentStore` → {url}, the embedded document store. Its program is given as the first argument.
 * `GET <base>/shop` → {urls, env, accounts}, the whole shop with demo data (local/src/testShop.ts, compiled). Its program is the
 * second argument.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_SERVICES, type DatabaseService, provisionDatabases } from './databases.js';
import { startGuardedProcess } from './guardedProcess.js';
import { freePort, isPortBusy } from './ports.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';

const PREFIX = 'souk-test-';
const MEMORY_NEEDED_BYTES = 1_500_000_000;
const secret = (): string => randomBytes(12).toString('hex');

/** Memory where there is enough of it, else the disk. */
async function parentFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  return memory !== undefined && memory.bavail * memory.bsize > MEMORY_NEEDED_BYTES ? '/dev/shm' : tmpdir();
}

/** Removes the folders of runs whose process is gone (it could not: it was killed). */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const stops: (() => Promise<unknown>)[] = [];

async function postgres(dir: string): Promise<object> {
  const running = await startPostgres({
    dataDir: join(dir, 'postgres'),
    port: await freePort(),
    password: secret(),
    mode: 'throwaway',
  });
  stops.push(() => running.process.stop(3_000));
  const passwords = Object.fromEntries(DATABASE_SERVICES.map((service) => [service, secret()])) as Record<
    DatabaseService,
    string
  >;
  await provisionDatabases({ adminUrl: running.adminUrl, passwords, rolesOnly: true });
  return { adminUrl: running.adminUrl, passwords };
}

async function redis(dir: string): Promise<object> {
  const running = await startRedis({
    dataDir: join(dir, 'redis'),
    port: await freePort(),
    password: secret(),
    mode: 'throwaway',
    log: (line) => console.error(line),
  });
  stops.push(() => running.process.stop(3_000));
  return { url: running.url };
}

async function documentStore(dir: string): Promise<object> {
  const program = process.argv[2];
  if (program === undefined) throw new Error('the program of the document store was not given');
  const port = await freePort();
  const running = await startGuardedProcess({
    command: [process.execPath, program, '--data-dir', join(dir, 'documents'), '--port', String(port)],
    env: { ...process.env, NODE_ENV: 'test' },
    stopSignal: 'TERM',
  });
  stops.push(() => running.stop(3_000));
  let hasExited = false;
  void running.exited.then(() => {
    hasExited = true;
  });
  while (!(await isPortBusy(port))) {
    if (hasExited) throw new Error(`the document store ended: ${running.lastLines().join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return { url: `mongodb://127.0.0.1:${port}/?directConnection=true` };
}

async function shop(dir: string): Promise<object> {
  const program = process.argv[3];
  if (program === undefined) throw new Error('the program of the shop was not given');
  const dataDir = join(dir, 'shop');
  await mkdir(dataDir);
  const running = await startGuardedProcess({
    command: [process.execPath, program, dataDir],
    env: { ...process.env, NODE_ENV: 'development' },
    stopSignal: 'TERM',
  });
  stops.push(() => running.stop(15_000));
  let hasExited = false;
  void running.exited.then(() => {
    hasExited = true;
  });
  const read = (name: string) => readFile(join(dataDir, name), 'utf8').catch(() => undefined);
  for (;;) {
    const ready = await read('ready.json');
    if (ready) return JSON.parse(ready) as object;
    if (hasExited)
      throw new Error(`the shop did not start: ${(await read('failed.txt')) ?? running.lastLines().join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function main(): Promise<void> {
  const parent = await parentFolder();
  await removeAbandoned(parent);
  const dir = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
  await chmod(dir, 0o711);
  const token = secret();
  const starters: Record<string, (dir: string) => Promise<object>> = { postgres, redis, documentStore, shop };
  const started = new Map<string, Promise<object>>();
  const server = createServer((request, response) => {
    const [, given, name] = (request.url ?? '').split('/');
    const start = starters[name ?? ''];
    if (given !== token || start === undefined || name === undefined) {
      response.writeHead(404).end();
      return;
    }
    let store = started.get(name);
    if (store === undefined) {
      store = start(dir);
      started.set(name, store);
    }
    store.then(
      (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      (error) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  const ending = async (): Promise<void> => {
    server.close();
    // A store that is still starting must be stopped too: its pipe to this process closes with the process anyway.
    await Promise.allSettled(started.values());
    await Promise.allSettled(stops.map((stop) => stop()));
    await rm(dir, { recursive: true, force: true });
    process.exit(0);
  };
  // Ctrl-C reaches the whole process group of a terminal; the run itself decides when its stores end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void ending());
  process.stdin.on('end', () => void ending()).on('error', () => void ending());
  process.stdin.resume();
  // A test process that was busy for longer than Node's 5 seconds would ask on a connection that is being closed.
  server.keepAliveTimeout = 3_600_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}/${token}`);
  });
}

await main();
