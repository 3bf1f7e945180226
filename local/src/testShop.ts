import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startStack } from './stack.js';
import { openDemoData } from './start/demoData.js';

/**
 * The whole shop for one test run, in the folder given as first argument: compiled processes on random ports with demo
 * data. Writes `ready.json` when it sells, `failed.txt` when it cannot; ends on SIGTERM, which its guard
 * sends when the run ends (the guard's program has no standard input of its own: it would end at once).
 */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('the data folder is missing');

try {
  const demo = await openDemoData();
  if (demo === undefined) throw new Error('the demo data is not compiled: npm run build');
  const stack = await startStack({ dataDir, ports: 'random', env: { LOG_LEVEL: 'debug', ...demo.environment({}) } });
  const end = () => void stack.stop().finally(() => process.exit(0));
  process.on('SIGTERM', end);
  await demo.seed(stack, dataDir, () => undefined);
  await writeFile(
    join(dataDir, 'ready.json'),
    JSON.stringify({ urls: stack.urls, env: stack.env, accounts: demo.accounts(stack), dataDir }),
    { mode: 0o600 },
  );
} catch (error) {
  await writeFile(join(dataDir, 'failed.txt'), error instanceof Error ? error.message : String(error));
  process.exit(1);
}
