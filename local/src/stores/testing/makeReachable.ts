import { chmod } from 'node:fs/promises';

/** Lets other users enter a temporary folder: Postgres runs as another one when the tests run as root. */
export async function makeReachable(folder: string): Promise<string> {
  await chmod(folder, 0o755);
  return folder;
}
