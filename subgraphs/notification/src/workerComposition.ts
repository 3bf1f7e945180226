import { keepListening, noteApplied, startConsumers, startRelay } from '@souk/outbox';
import { openDatabase, watchBacklog } from '@souk/postgres';
import {
  createHealthServer,
  createLogger,
  createServiceClient,
  deliverExportPart,
  type Life,
  startRepeating,
} from '@souk/runtime';
import { createAccountReader } from './adapters/accountReader.service.js';
import { notificationBacklog } from './adapters/backlog.postgres.js';
import { gatherWrites } from './adapters/deliveryStore.gathered.js';
import { createDeliveryStore, QUEUED_CHANNEL } from './adapters/deliveryStore.postgres.js';
import { createSendgridSender } from './adapters/email.sendgrid.js';
import { createOrderReader } from './adapters/orderReader.service.js';
import { createPersonalData } from './adapters/personalData.postgres.js';
import { createTwilioSender } from './adapters/sms.twilio.js';
import { createWorkerApp } from './app/workerApp.js';
import type { WorkerConfig } from './config.js';
import { consumers } from './consumers/index.js';
import { type RetryPolicy, retryPolicy } from './domain/attempt.js';

const SWEEP_EVERY_MS = 3_000;
const SWEEP_BATCH = 20;

/** Builds the notification worker and starts it: consumers, sweeper, health and metrics. */
export async function composeWorker(config: WorkerConfig, life: Life, tuning: { retry?: RetryPolicy } = {}) {
  const logger = createLogger('notification-worker', config.LOG_LEVEL);
  const database = openDatabase({ url: config.DATABASE_URL_NOTIFICATION, service: 'notification-worker', logger });
  life.onShutdown('database', () => database.close());
  const client = (to: 'order' | 'user', url: string) => {
    const made = createServiceClient({ from: 'notification', to, url, identitySecret: config.IDENTITY_SECRET });
    life.onShutdown(`${to} client`, () => made.close());
    return made;
  };
  const backlog = watchBacklog({ database, statement: notificationBacklog, logger });
  life.onShutdown('backlog', () => backlog.close());
  const retries = new Set<NodeJS.Timeout>();
  const store = createDeliveryStore(database);
  const user = client('user', config.SUBGRAPH_URL_USER);
  const app = createWorkerApp({
    personalData: createPersonalData(database),
    async deliverExportPart(event, read) {
      await deliverExportPart(user, event.data.exportId, read);
      await noteApplied(database, event, 'notification');
    },
    store: { ...store, ...gatherWrites(store) },
    readOrder: createOrderReader(client('order', config.SUBGRAPH_URL_ORDER)),
    readAccount: createAccountReader(user),
    sendEmail: createSendgridSender({
      apiKey: config.SENDGRID_API_KEY,
      baseUrl: config.SENDGRID_API_BASE_URL,
      from: config.MAIL_FROM,
    }),
    sendSms: createTwilioSender({
      accountSid: config.TWILIO_ACCOUNT_SID,
      authToken: config.TWILIO_AUTH_TOKEN,
      baseUrl: config.TWILIO_API_BASE_URL,
      from: config.TWILIO_FROM,
    }),
    shop: { name: config.MAIL_FROM.name ?? 'Souk', storefrontUrl: config.STOREFRONT_URL },
    retry: tuning.retry ?? retryPolicy,
    random: Math.random,
    logger,
    batchSize: SWEEP_BATCH,
    onRetry(delayMs) {
      // sooner than the next regular sweep, when it is due sooner
      if (delayMs > SWEEP_EVERY_MS) return;
      const timer = setTimeout(() => {
        retries.delete(timer);
        sweeper.wake();
      }, delayMs + 5);
      retries.add(timer);
    },
  });
  const sweeper = startRepeating({ name: 'send what is due', everyMs: SWEEP_EVERY_MS, logger, work: app.sweep });
  life.onShutdown('sweeper', async () => {
    for (const timer of retries) clearTimeout(timer);
    await sweeper.close();
  });
  const listening = keepListening(database, QUEUED_CHANNEL, () => sweeper.wake(), logger);
  life.onShutdown('listener', () => listening.close());

  const relay = await startRelay({ service: 'notification', database, redisUrl: config.REDIS_URL, logger });
  life.onShutdown('relay', () => relay.close());
  const consuming = await startConsumers({
    service: 'notification',
    database,
    redisUrl: config.REDIS_URL,
    logger,
    handlers: consumers(app),
    concurrency: config.CONSUMER_CONCURRENCY,
  });
  life.onShutdown('consumers', () => consuming.close());

  const server = createHealthServer({
    service: 'notification-worker',
    logger,
    readiness: { database: () => database.ping(), redis: () => consuming.check() },
  });
  life.onShutdown('server', () => server.close());
  const url = await server.listen(config.HOST, config.PORT);
  return { logger, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS, url };
}
