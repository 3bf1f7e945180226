import { createNodeRedisClient, Queue, UnrecoverableError, Worker } from 'bullmq';
import { createClient } from 'redis';

/** Parks a delivery as a handler that cannot go on would; answers how to take it away again. */
export async function parkDelivery(redisUrl: string): Promise<() => Promise<void>> {
  const clients = [createClient({ url: redisUrl }), createClient({ url: redisUrl })];
  await Promise.all(clients.map((client) => client.connect()));
  const [first, second] = clients.map((client) => createNodeRedisClient(client as never));
  const queue = new Queue('souk-notification', { connection: first as never, skipVersionCheck: true });
  const failed = new Promise<void>((resolve) => {
    const worker = new Worker(
      'souk-notification',
      async () => {
        throw new UnrecoverableError('planted');
      },
      { connection: second as never, skipVersionCheck: true },
    );
    worker.on('failed', () => void worker.close().then(resolve));
  });
  const job = await queue.add('order.placed', { planted: true }, { jobId: 'evt_planted' });
  await failed;
  return async () => {
    await job.remove();
    await queue.close();
    for (const client of clients) client.destroy();
  };
}
