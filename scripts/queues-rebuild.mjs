/**
 * `npm run queues:rebuild`, with `-- --empty` to delete the queues first: hands every unsettled event of the outboxes over again. Of the shop that
 * `npm start` runs here, or of the one whose DATABASE_URL_<SERVICE> and REDIS_URL are set.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const local = join(root, '.souk', 'stack.env');
const command = join(root, 'packages', 'outbox', 'dist', 'rebuildQueuesMain.js');
if (!existsSync(command)) {
  console.error('The code is not compiled. Run: npm run build');
  process.exit(1);
}
if (process.env.REDIS_URL === undefined && existsSync(local)) process.loadEnvFile(local);
await import(command);
