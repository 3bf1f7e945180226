import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from './startupError.js';

/** Where package managers put servers, beyond PATH (an ordinary user's PATH often lacks the sbin folders). */
const MORE_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin', '/snap/bin'];
const NAMES = ['redis-server', 'valkey-server'];

/** The path of a program on this machine. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...MORE_FOLDERS];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

interface PackageManager {
  readonly program: string;
  readonly steps: readonly (readonly string[])[];
  /** Homebrew refuses root and needs none. */
  readonly asRoot: boolean;
}

const PACKAGE_MANAGERS: readonly PackageManager[] = [
  {
    program: 'apt-get',
    steps: [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'],
    ],
    asRoot: true,
  },
  { program: 'dnf', steps: [['dnf', 'install', '-y', 'redis']], asRoot: true },
  { program: 'yum', steps: [['yum', 'install', '-y', 'redis']], asRoot: true },
  { program: 'apk', steps: [['apk', 'add', 'redis']], asRoot: true },
  { program: 'zypper', steps: [['zypper', '--non-interactive', 'install', 'redis']], asRoot: true },
  { program: 'pacman', steps: [['pacman', '-Sy', '--noconfirm', 'valkey']], asRoot: true },
  { program: 'brew', steps: [['brew', 'install', 'redis']], asRoot: false },
];

/** The one command with which a person installs Redis on this machine, if its package manager is known. */
export function redisInstallCommand(): string | undefined {
  const manager = PACKAGE_MANAGERS.find(({ program }) => findProgram(program) !== undefined);
  if (manager === undefined) return undefined;
  const sudo = manager.asRoot && process.getuid?.() !== 0 ? 'sudo ' : '';
  return manager.steps.map((step) => sudo + step.join(' ')).join(' && ');
}

/**
 * A Redis server of this machine; when there is none, it is installed by the machine's package manager where that needs no
 * password (as root, or with Homebrew). Otherwise {@link StartupError} with the exact command.
 */
export async function ensureRedisProgram(log: (line: string) => void): Promise<string> {
  const found = findProgram(...NAMES);
  if (found !== undefined) return found;
  const isRoot = process.getuid?.() === 0;
  const manager = PACKAGE_MANAGERS.find(({ program }) => findProgram(program) !== undefined);
  if (manager !== undefined && manager.asRoot === isRoot && process.env.SOUK_NO_INSTALL !== '1') {
    log(`Redis is not on this machine: installing it (${redisInstallCommand()})`);
    await install(manager);
    const installed = findProgram(...NAMES);
    if (installed !== undefined) return installed;
  }
  throw new StartupError('TOOL_MISSING', missingMessage());
}

function missingMessage(): string {
  const command = redisInstallCommand();
  const advice =
    command === undefined
      ? 'Install it as https://redis.io/docs/latest/operate/oss_and_stack/install/ describes'
      : `Install it:\n\n  ${command}\n`;
  return `Redis is needed and is not on this machine. ${advice}\nor name a running one: REDIS_URL=redis://127.0.0.1:6379 npm start`;
}

async function install(manager: PackageManager): Promise<void> {
  const removePolicy = await forbidServiceStart();
  try {
    for (const step of manager.steps) await runStep(step);
  } finally {
    await removePolicy();
  }
}

/**
 * Debian's package starts a server of its own on port 6379, which nobody asked for: its documented switch against that is
 * a policy script. An existing policy is left alone.
 */
async function forbidServiceStart(): Promise<() => Promise<void>> {
  const path = '/usr/sbin/policy-rc.d';
  if (process.platform !== 'linux' || existsSync(path) || !existsSync('/usr/sbin') || process.getuid?.() !== 0) {
    return async () => undefined;
  }
  const { rm, writeFile } = await import('node:fs/promises');
  await writeFile(path, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).catch(() => undefined);
  return () => rm(path, { force: true });
}

function runStep(step: readonly string[]): Promise<void> {
  const [program, ...args] = step as [string, ...string[]];
  const child = spawn(program, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new StartupError('TOOL_MISSING', `"${step.join(' ')}" failed:\n${output.trim()}\n\n${missingMessage()}`),
        );
    });
  });
}

/** Version of a Redis server program: `7.0.15`. */
export async function redisVersion(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version']);
  return /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown';
}
