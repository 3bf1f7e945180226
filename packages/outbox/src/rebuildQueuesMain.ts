/**
 * The command behind `npm run queues:rebuild`; in the image: `node packages/outbox/dist/rebuildQueuesMain.js`. Takes REDIS_URL and
 * the DATABASE_URL_<SERVICE> of each outbox from the environment. Exit status 1 when events are left unsettled, 78 when it is not
 * configured.
 */
import { openDatabase } from '@souk/postgres';
import { ConfigError, configTypes, createLogger, loadConfig } from '@souk/runtime';
import { rebuildQueues } from './rebuildQueues.js';

const PRODUCERS = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
const variableOf = (service: string) => `DATABASE_URL_${service.toUpperCase()}`;

function configured() {
  const { REDIS_URL } = loadConfig({ REDIS_URL: configTypes.url().describe('where the queues are') });
  const given = PRODUCERS.filter((service) => process.env[variableOf(service)]);
  const urls = loadConfig(
    Object.fromEntries(
      (given.length === 0 ? PRODUCERS : given).map((service) => [
        variableOf(service),
        configTypes.url().describe(`the outbox of ${service}`),
      ]),
    ),
  );
  const logger = createLogger('queues', 'error');
  const outboxes = given.map((service) =>
    openDatabase({ url: String(urls[variableOf(service)]), service, logger, maxConnections: 1 }),
  );
  return { REDIS_URL, outboxes, given };
}

try {
  const { REDIS_URL, outboxes, given } = configured();
  const empty = process.argv.includes('--empty');
  console.log(
    `Rebuilding the queues from the outboxes of ${given.join(', ')}${empty ? ', after deleting them' : ''} …`,
  );
  let told = -1;
  const { found, left } = await rebuildQueues({
    outboxes,
    redisUrl: REDIS_URL,
    empty,
    patienceMs: 60_000,
    onProgress({ found, left }) {
      if (left !== told) console.log(`  ${found - left} of ${found} events settled`);
      told = left;
    },
  });
  await Promise.all(outboxes.map((outbox) => outbox.close()));
  if (left > 0) {
    console.error(
      `${left} of ${found} events are not settled after a minute: their consumers do not run, or have parked them. ` +
        'See docs/runbooks/deliveries-parked.md.',
    );
    process.exitCode = 1;
  } else console.log(`Done: nothing is left of ${found}.`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 78;
}
