import { type EventEnvelope, events, newEvent } from '@souk/events';
import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import { createDeliveryStore } from '../adapters/deliveryStore.postgres.js';
import { createSendgridSender } from '../adapters/email.sendgrid.js';
import { createPersonalData } from '../adapters/personalData.postgres.js';
import { createTwilioSender } from '../adapters/sms.twilio.js';
import type { OrderReader } from '../app/ports.js';
import { createWorkerApp } from '../app/workerApp.js';
import { startFakeProviders } from './fakeProviders.js';
import { sampleAccount, sampleOrder } from './samples.js';

export const logger = createLogger('notification-test', 'silent');

export interface DeliveryRow {
  id: string;
  event_id: string;
  template: string;
  channel: string;
  state: string;
  attempts: number;
  recipient: string | null;
  last_error: string | null;
  provider_message_id: string | null;
  claimed: boolean;
}

const rows = sql<DeliveryRow>(
  'test.deliveries',
  `SELECT id, event_id, template, channel, state, attempts, recipient, last_error, provider_message_id, claimed_at IS NOT NULL AS claimed
   FROM delivery ORDER BY created_at, channel`,
);
const clear = sql<never>('test.clear', 'TRUNCATE delivery, processed_event, outbox_event');
const dueNow = sql<never>(
  'test.dueNow',
  `UPDATE delivery SET next_attempt_at = now() - interval '1 second' WHERE state = 'QUEUED'`,
);

/** The worker's app on a real database, talking to fake providers through the real SDKs. */
export function notificationHarness() {
  const at = {} as {
    database: Database;
    testDatabase: TestDatabase;
    providers: Awaited<ReturnType<typeof startFakeProviders>>;
    readOrder: OrderReader;
    retries: number[];
    exported: object[];
  };
  beforeAll(async () => {
    at.testDatabase = await createTestDatabase('notification');
    at.database = openDatabase({ url: at.testDatabase.url, service: 'notification', logger });
  });
  afterAll(async () => {
    await at.database.close();
    await at.testDatabase.close();
  });
  beforeEach(async () => {
    at.providers = await startFakeProviders();
    at.readOrder = async (id) => sampleOrder({ id });
    at.retries = [];
    at.exported = [];
    await at.database.query(clear);
  });
  afterEach(() => at.providers.close());

  return {
    at,
    deliveries: () => at.database.query(rows),
    /** Lets the time pass until what is queued is due. */
    makeDue: () => at.database.query(dueNow),
    app: (parts: { maxAttempts?: number } = {}) =>
      createWorkerApp({
        store: createDeliveryStore(at.database),
        personalData: createPersonalData(at.database),
        deliverExportPart: async (_exportId, read) => void at.exported.push(await read(100)),
        readOrder: (id, about) => at.readOrder(id, about),
        readAccount: async (id) =>
          id === 'usr_gone' ? undefined : sampleAccount({ id, isActive: id !== 'usr_closed' }),
        sendEmail: createSendgridSender({
          apiKey: 'SG.test-key',
          baseUrl: at.providers.url,
          from: { name: 'Souk', email: 'shop@example.com' },
        }),
        sendSms: createTwilioSender({
          accountSid: `AC${'0'.repeat(32)}`,
          authToken: 'test-token',
          baseUrl: at.providers.url,
          from: '+15005550006',
        }),
        shop: { name: 'Souk' },
        retry: { firstDelayMs: 100, maxDelayMs: 1_000, maxAttempts: parts.maxAttempts ?? 20 },
        random: () => 0.5,
        logger,
        onRetry: (delayMs) => at.retries.push(delayMs),
        batchSize: 20,
      }),
  };
}

export const confirmedEvent = (orderId = 'ord_1'): EventEnvelope<{ orderId: string }> =>
  newEvent(events.orderConfirmed, {
    aggregateId: orderId,
    sequence: 3,
    data: {
      orderId,
      number: 'N-1',
      customerId: null,
      currencyCode: 'EUR',
      totalCentAmount: 10_561,
      paymentId: 'pay_1',
    },
  });
