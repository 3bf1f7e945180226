import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EventEnvelope, events, newEvent } from '@souk/events';
import { appendEvents, startRelay } from '@souk/outbox';
import { openDatabase, sql } from '@souk/postgres';
import { newContext, runInContext, signIdentity, type Viewer } from '@souk/runtime';
import { createTestDatabase, createTestRedis, eventually, graphqlClient } from '@souk/testkit';
import { composeNotification } from './composition.js';
import { readConfig, readWorkerConfig } from './config.js';
import { startFakeProviders } from './testing/fakeProviders.js';
import { logger } from './testing/harness.js';
import { sampleOrder } from './testing/samples.js';
import { composeWorker } from './workerComposition.js';

const SECRET = '0123456789abcdef'.repeat(4);
const closers: (() => Promise<unknown>)[] = [];
const life = { onShutdown: (_name: string, close: () => Promise<unknown>) => void closers.push(close) };
const later = <T extends { close(): Promise<unknown> }>(thing: T): T => {
  closers.push(() => thing.close());
  return thing;
};

/** Answers what the order and the user service would. */
async function startFakeServices() {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { variables } = JSON.parse(body) as { variables: { ids?: string[] } };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          data: { ordersForNotification: variables.ids?.map((id) => sampleOrder({ id })), userForNotification: null },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startAll() {
  const orders = later(await createTestDatabase('order'));
  const notifications = later(await createTestDatabase('notification'));
  const redis = later(await createTestRedis());
  const providers = later(await startFakeProviders());
  const services = later(await startFakeServices());
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    PORT: '0',
    IDENTITY_SECRET: SECRET,
    DATABASE_URL_NOTIFICATION: notifications.url,
    REDIS_URL: redis.url,
    SUBGRAPH_URL_ORDER: services.url,
    SUBGRAPH_URL_USER: services.url,
    SENDGRID_API_KEY: 'SG.test-key',
    SENDGRID_API_BASE_URL: providers.url,
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'test-token',
    TWILIO_API_BASE_URL: providers.url,
    TWILIO_FROM: '+15005550006',
    MAIL_FROM: 'Souk <shop@example.com>',
  };
  const orderDatabase = later(openDatabase({ url: orders.url, service: 'order', logger }));
  const relay = later(
    await startRelay({
      service: 'order',
      database: orderDatabase,
      redisUrl: redis.url,
      logger,
      tuning: { gatherMs: 20, reportEveryMs: 200, delivery: { attempts: 1 } },
    }),
  );
  const worker = await composeWorker(readWorkerConfig(env), life);
  const subgraph = await composeNotification(readConfig(env), life);
  const as = (viewer: Viewer) =>
    graphqlClient(`${subgraph.url}/graphql`, (body) => ({
      'x-souk-identity': signIdentity({ secret: SECRET, from: 'gateway', to: 'notification', viewer, body }),
    }));
  return { orderDatabase, providers, worker, subgraph, as, relay };
}

const staff: Viewer = {
  kind: 'user',
  userId: 'usr_staff',
  sessionId: 'ses_1',
  roles: ['staff'],
  scopes: ['orders:read', 'orders:write', 'ops:read', 'ops:write'],
};
const customer: Viewer = { kind: 'user', userId: 'usr_1', sessionId: 'ses_2', roles: [], scopes: [] };
const anonymous: Viewer = { kind: 'anonymous' };

const NOTIFICATIONS = `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on Order { id notifications { id template channel state to attempts lastError } } } }`;
const representations = (...ids: string[]) => ({ ids: ids.map((id) => ({ __typename: 'Order', id })) });
const settled = sql<{ id: string }>('test.settled', 'SELECT id FROM outbox_event WHERE settled_at IS NOT NULL');

let at: Awaited<ReturnType<typeof startAll>>;
let event: EventEnvelope;
beforeAll(async () => {
  at = await startAll();
  event = runInContext(newContext('request', { actor: 'usr_1' }), () =>
    newEvent(events.orderPlaced, {
      aggregateId: 'ord_1',
      sequence: 1,
      data: {
        orderId: 'ord_1',
        number: 'N-1',
        customerId: null,
        currencyCode: 'EUR',
        totalCentAmount: 10_561,
        paymentDueAt: '2026-11-22T10:30:00.000Z',
      },
    }),
  );
  await appendEvents(at.orderDatabase, [event]);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

test('an event in the order service’s outbox becomes one mail, and the event is settled', async () => {
  await eventually(async () => expect(await at.orderDatabase.query(settled)).toEqual([{ id: event.id }]));
  expect(at.providers.accepted).toHaveLength(1);
  expect(JSON.parse(at.providers.accepted[0]?.body ?? '')).toMatchObject({
    subject: 'We have received your order 261122-K7Q2M9XD',
    custom_args: { eventId: event.id },
  });
});

test('staff see what an order’s customer was sent; orders without notifications have none', async () => {
  const answer = await at.as(staff).request<{ _entities: unknown }>(NOTIFICATIONS, representations('ord_1', 'ord_2'));
  expect(answer._entities).toEqual([
    {
      id: 'ord_1',
      notifications: [
        {
          id: expect.stringMatching(/^ntf_/),
          template: 'order.placed',
          channel: 'EMAIL',
          state: 'SENT',
          to: 'ada@example.com',
          attempts: 1,
          lastError: null,
        },
      ],
    },
    { id: 'ord_2', notifications: [] },
  ]);
});

test('the notifications of many orders cost one statement', async () => {
  const ids = Array.from({ length: 50 }, (_, index) => `ord_${index}`);
  const { headers } = await at.as(staff).send(NOTIFICATIONS, representations(...ids));
  expect(headers.get('x-souk-statements')).toBe('1');
});

test.each([
  ['anonymous', anonymous, 'UNAUTHENTICATED'],
  ['another user', customer, 'FORBIDDEN'],
] as const)('%s sees no notification, resends none, and sees and retries no job', async (_who, viewer, code) => {
  const seen = await at.as(viewer).send<{ _entities: unknown }>(NOTIFICATIONS, representations('ord_1'));
  expect(seen.data?._entities).toEqual([{ id: 'ord_1', notifications: null }]);
  expect(seen.errors[0]?.extensions?.code).toBe(code);
  for (const document of [
    'mutation { notificationResend(id: "ntf_1") { accepted } }',
    'mutation { jobRetry(id: "souk-order/evt_1") { accepted } }',
    '{ jobs { id } }',
    '{ outboxLag { service } }',
  ]) {
    expect((await at.as(viewer).send(document)).errors[0]?.extensions?.code).toBe(code);
  }
  expect(at.providers.accepted).toHaveLength(1);
});

test('staff resend a sent notification: one more mail, and an unknown one is refused', async () => {
  const { _entities } = await at
    .as(staff)
    .request<{ _entities: { notifications: { id: string }[] }[] }>(NOTIFICATIONS, representations('ord_1'));
  const id = _entities[0]?.notifications[0]?.id;
  const resend = 'mutation ($id: ID!) { notificationResend(id: $id) { accepted userErrors { code } } }';
  expect(await at.as(staff).request(resend, { id })).toEqual({
    notificationResend: { accepted: true, userErrors: [] },
  });
  await eventually(() => expect(at.providers.accepted).toHaveLength(2), { timeoutMs: 4_000 });
  expect(await at.as(staff).request(resend, { id: 'ntf_unknown' })).toEqual({
    notificationResend: { accepted: false, userErrors: [{ code: 'NOT_FOUND' }] },
  });
});

test('staff see deliveries and backlogs, and retry a parked delivery', async () => {
  const parked = { ...event, id: 'evt_parked', version: 9 };
  await appendEvents(at.orderDatabase, [parked]);
  const query =
    '{ jobs(queue: "souk-notification", state: FAILED) { id queue name eventId state attempts failedReason traceId finishedAt } }';
  await eventually(async () =>
    expect(await at.as(staff).request(query)).toEqual({
      jobs: [
        {
          id: 'souk-notification/evt_parked',
          queue: 'souk-notification',
          name: 'order.placed',
          eventId: 'evt_parked',
          state: 'FAILED',
          attempts: 1,
          failedReason: 'UNKNOWN_EVENT_VERSION: order.placed has version 9, this build handles version 1',
          traceId: event.traceparent.split('-')[1],
          finishedAt: expect.any(String),
        },
      ],
    }),
  );
  await eventually(async () =>
    // The worker's own outbox is there, too, once its relay has told.
    expect(await at.as(staff).request('{ outboxLag { service pending oldestAgeSeconds } }')).toEqual({
      outboxLag: expect.arrayContaining([{ service: 'order', pending: 1, oldestAgeSeconds: expect.any(Number) }]),
    }),
  );
  const retry = 'mutation ($id: ID!) { jobRetry(id: $id) { accepted userErrors { code } } }';
  const done = await at.as(staff).request<{ jobs: { id: string }[] }>('{ jobs(state: COMPLETED) { id } }');
  expect(done.jobs).toEqual([{ id: `souk-notification/${event.id}` }]);
  expect(await at.as(staff).request(retry, { id: 'souk-notification/evt_parked' })).toEqual({
    jobRetry: { accepted: true, userErrors: [] },
  });
  expect(await at.as(staff).request(retry, done.jobs[0])).toEqual({
    jobRetry: { accepted: false, userErrors: [{ code: 'CONFLICT' }] },
  });
  for (const id of ['souk-nobody/evt_1', 'souk-order/evt_1', 'nonsense', '']) {
    expect(await at.as(staff).request(retry, { id })).toEqual({
      jobRetry: { accepted: false, userErrors: [{ code: 'NOT_FOUND' }] },
    });
  }
});

test('a page of jobs has between 1 and 100', async () => {
  for (const first of [0, -1, 101]) {
    expect((await at.as(staff).send(`{ jobs(first: ${first}) { id } }`)).errors[0]?.extensions?.code).toBe(
      'BAD_USER_INPUT',
    );
  }
});

test('the worker tells its health and its metrics', async () => {
  expect(await (await fetch(`${at.worker.url}/health/ready`)).json()).toEqual({ status: 'ok' });
  const metrics = await (await fetch(`${at.worker.url}/metrics`)).text();
  expect(metrics).toContain('souk_events_processed_total{type="order.placed",outcome="done"');
  expect(metrics).toContain('souk_notifications_total{template="order.placed",channel="EMAIL",state="SENT"');
});
