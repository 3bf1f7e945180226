import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import { newId } from '@souk/runtime';
import { notificationHarness } from '../testing/harness.js';
import { sampleOrder } from '../testing/samples.js';

const { at, app, deliveries, makeDue } = notificationHarness();
const USER = 'usr_00000000000000000000000001';
const published = sql<{ type: string; data: object }>('test.published', 'SELECT type, data FROM outbox_event');

const told = (userId = USER) =>
  newEvent(events.accountErasureRequested, {
    aggregateId: userId,
    sequence: 1,
    data: { userId, erasureId: newId('ers') },
  });
const erased = (orderId: string) =>
  newEvent(events.orderErased, { aggregateId: orderId, sequence: 9, data: { orderId, cartId: null } });
const confirmed = (orderId: string, customerId: string | null) =>
  newEvent(events.orderConfirmed, {
    aggregateId: orderId,
    sequence: 3,
    data: { orderId, number: 'N-1', customerId, currencyCode: 'EUR', totalCentAmount: 1, paymentId: 'pay_1' },
  });
const confirm = (orderId: string, customerId: string | null) =>
  app().notify({ event: confirmed(orderId, customerId), template: 'order.confirmed', orderId });
const changed = (userId: string) =>
  app().notify({
    event: newEvent(events.accountPasswordChanged, { aggregateId: userId, sequence: 1, data: { userId } }),
    template: 'account.password_changed',
    userId,
  });
const recipients = async () => (await deliveries()).map(({ recipient }) => recipient).filter((one) => one !== null);

test('where somebody was written to is forgotten, acknowledged once, and nobody else’s is', async () => {
  await changed(USER);
  await confirm('ord_1', USER);
  await confirm('ord_2', null);
  expect(await recipients()).toHaveLength(3);
  const event = told();
  await app().eraseUser(event);
  await app().eraseUser(event);
  expect(await recipients()).toEqual(['ada@example.com']);
  expect(await at.database.query(published)).toEqual([
    { type: 'account.erased', data: { ...event.data, service: 'notification' } },
  ]);
});

test('what is still sent about an order that was under way is forgotten with the order', async () => {
  await app().eraseUser(told());
  await confirm('ord_1', USER);
  expect(await recipients()).toEqual(['ada@example.com']);
  await app().eraseOrder(erased('ord_1'));
  expect(await recipients()).toEqual([]);
});

test('an attempt that ends after it writes no address', async () => {
  at.providers.react({ status: 500 });
  await confirm('ord_1', null);
  await app().eraseOrder(erased('ord_1'));
  await makeDue();
  await app().sweep();
  expect((await deliveries()).map(({ channel, state }) => [channel, state])).toContainEqual(['EMAIL', 'SENT']);
  expect(await recipients()).toEqual([]);
});

test('nobody is written to about an order that no longer says whose it was, and nothing is given up for it', async () => {
  at.readOrder = async (id) => sampleOrder({ id, isErased: true, email: 'erased@erased.invalid' });
  await confirm('ord_1', USER);
  expect(at.providers.accepted).toEqual([]);
  expect((await deliveries()).map(({ state, last_error }) => [state, last_error])).toEqual([
    ['SUPPRESSED', 'ORDER_ERASED'],
    ['SUPPRESSED', 'ORDER_ERASED'],
  ]);
});

test('hands over the messages to somebody, those about his orders among them', async () => {
  await changed(USER);
  await confirm('ord_1', USER);
  await confirm('ord_2', null);
  await app().exportPersonalData(
    newEvent(events.accountExportRequested, {
      aggregateId: USER,
      sequence: 1,
      data: { userId: USER, exportId: newId('exp') },
    }),
  );
  const [{ messages } = { messages: [] }] = at.exported as {
    messages: { about: string; recipient: string | null }[];
  }[];
  expect(messages.map(({ about }) => about).sort()).toEqual([
    'account.password_changed',
    'order.confirmed',
    'order.confirmed',
  ]);
  expect(messages.some(({ recipient }) => recipient === 'ada@example.com')).toBe(true);
});
