/** A consumer in a process of its own, to be killed with SIGKILL in the middle of a job: prints `begun` in the transaction. */
import { eventsConsumedBy } from '@souk/events';
import { openDatabase } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { once, startConsumers } from '../src/index.js';
import { insertApplied } from './shop.js';

const [, , databaseUrl = '', redisUrl = '', hangsBeforeCommit = ''] = process.argv;
const logger = createLogger('killable', 'silent');
const database = openDatabase({ url: databaseUrl, service: 'payment', logger, maxConnections: 4 });
const handle = async (event: { id: string; aggregateId: string }): Promise<void> => {
  await once(database, event, 'payment', async (tx) => {
    await tx.query(insertApplied, [event.id]);
    process.stdout.write(`begun ${event.id}\n`);
    if (event.aggregateId === hangsBeforeCommit) await new Promise(() => undefined);
  });
  process.stdout.write(`committed ${event.id}\n`);
  await new Promise(() => undefined);
};
await startConsumers({
  service: 'payment',
  database,
  redisUrl,
  logger,
  handlers: Object.fromEntries(eventsConsumedBy('payment').map(({ type }) => [type, handle])),
});
process.stdout.write('ready\n');
