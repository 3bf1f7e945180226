import type { NewDeliveries } from '../app/ports.js';
import { notificationHarness } from '../testing/harness.js';
import { gatherWrites } from './deliveryStore.gathered.js';
import { createDeliveryStore } from './deliveryStore.postgres.js';

const { at, deliveries } = notificationHarness();
const LEASE_MS = 8_000;

const told = (eventId: string, channels: readonly ('EMAIL' | 'SMS')[] = ['EMAIL']): NewDeliveries => ({
  event: { id: eventId, traceparent: `trace of ${eventId}`, correlationId: 'req_1' },
  template: 'order.placed',
  orderId: `ord of ${eventId}`,
  userId: null,
  params: {},
  deliveries: channels.map((channel) => ({ id: `ntf_${eventId}_${channel}_${Math.random()}`, channel })),
});

/** The store with its writes gathered, and how many statements they became. */
function gathered() {
  const store = createDeliveryStore(at.database);
  const sent = { record: 0, finish: 0 };
  const writes = gatherWrites({
    ...store,
    record: (...all) => {
      sent.record += 1;
      return store.record(...all);
    },
    finish: (...all) => {
      sent.finish += 1;
      return store.finish(...all);
    },
  });
  return { ...writes, sent };
}

test('events that come together are recorded in one statement, and each has its own deliveries back', async () => {
  const { record, finish, sent } = gathered();
  const answers = await Promise.all([
    record([told('evt_a', ['EMAIL', 'SMS'])], LEASE_MS),
    record([told('evt_b')], LEASE_MS),
    record([told('evt_c')], LEASE_MS),
  ]);
  expect(sent.record).toBe(1);
  expect(
    answers.map((claimed) => claimed.map((one) => [one.eventId, one.channel, one.orderId, one.traceparent])),
  ).toEqual([
    [
      ['evt_a', 'EMAIL', 'ord of evt_a', 'trace of evt_a'],
      ['evt_a', 'SMS', 'ord of evt_a', 'trace of evt_a'],
    ],
    [['evt_b', 'EMAIL', 'ord of evt_b', 'trace of evt_b']],
    [['evt_c', 'EMAIL', 'ord of evt_c', 'trace of evt_c']],
  ]);
  await Promise.all(
    answers
      .flat()
      .map((delivery) =>
        finish([
          { delivery, outcome: { state: 'SENT', recipient: `${delivery.eventId}@b.example`, providerMessageId: null } },
        ]),
      ),
  );
  expect(sent.finish).toBe(1);
  expect((await deliveries()).map((row) => [row.event_id, row.state, row.recipient]).sort()).toEqual([
    ['evt_a', 'SENT', 'evt_a@b.example'],
    ['evt_a', 'SENT', 'evt_a@b.example'],
    ['evt_b', 'SENT', 'evt_b@b.example'],
    ['evt_c', 'SENT', 'evt_c@b.example'],
  ]);
});

test('an event that comes twice, together or later, is given to one of the two', async () => {
  const { record } = gathered();
  const together = await Promise.all([record([told('evt_a')], LEASE_MS), record([told('evt_a')], LEASE_MS)]);
  expect(together.map((claimed) => claimed.length)).toEqual([1, 0]);
  expect(await record([told('evt_a'), told('evt_b')], LEASE_MS)).toMatchObject([{ eventId: 'evt_b' }]);
  expect(await deliveries()).toHaveLength(2);
});
