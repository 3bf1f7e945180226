import { readFileSync } from 'node:fs';
import { newContext, runInContext, SERVICES } from '@souk/runtime';
import { type EventDefinition, events, eventsConsumedBy, newEvent, parseEvent } from './index.js';

const all: readonly EventDefinition[] = Object.values(events);
const failed = (parts: object = {}) =>
  newEvent(events.paymentFailed, {
    aggregateId: 'pay_1',
    sequence: 2,
    data: { paymentId: 'pay_1', orderId: 'ord_1', failureCode: 'card_declined' },
    now: new Date('2026-11-22T10:00:00.123Z'),
    ...parts,
  });

test('every event has one definition, of a service that exists, for services that exist, each named once', () => {
  expect(new Set(all.map((event) => event.type)).size).toBe(all.length);
  for (const event of all) {
    expect(event.version).toBeGreaterThanOrEqual(1);
    expect(SERVICES).toEqual(expect.arrayContaining([event.producer, event.consumers].flat()));
    expect(new Set(event.consumers).size).toBe(event.consumers.length);
  }
});

test('the table in topology.ts says what the definitions say', () => {
  const text = readFileSync(new URL('./topology.ts', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^ \* \| ([a-z._]+\.[a-z_]+) +\| ([\w, ]+?) +\| (.+?) *\|$/gm)];
  expect(rows.map(([, type]) => type)).toEqual(all.map((event) => event.type));
  for (const [index, row] of rows.entries()) {
    const mentioned = SERVICES.filter((service) =>
      new RegExp(`\\b${service}\\b`).test((row[3] ?? '').replace(/\(.*?\)/g, '')),
    );
    expect([row[1], row[2], mentioned]).toEqual([
      all[index]?.type,
      [all[index]?.producer].flat().join(', '),
      SERVICES.filter((service) => all[index]?.consumers.includes(service)),
    ]);
  }
});

test('no event has a property for personal data', () => {
  const personal = /mail|name|phone|address|street|city|ip$|password|token/i;
  expect(all.flatMap((event) => Object.keys(event.data.shape)).filter((key) => personal.test(key))).toEqual([]);
});

test('an event carries the trace, the first cause, the direct cause and the actor of the work that makes it', () => {
  const context = newContext('job', { correlationId: 'req_first', causationId: 'evt_before', actor: 'service:order' });
  const event = runInContext(context, () => failed());
  expect(event).toEqual({
    id: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
    type: 'payment.failed',
    version: 1,
    aggregateId: 'pay_1',
    sequence: 2,
    occurredAt: '2026-11-22T10:00:00.123Z',
    traceparent: context.traceparent,
    correlationId: 'req_first',
    causationId: 'evt_before',
    actor: 'service:order',
    data: { paymentId: 'pay_1', orderId: 'ord_1', purposeId: null, failureCode: 'card_declined' },
  });
  expect(parseEvent(JSON.parse(JSON.stringify(event)))).toEqual({ ok: true, event, definition: events.paymentFailed });
});

test('a producer cannot slip in what the contract does not name, nor free text where a code belongs', () => {
  const data = { paymentId: 'pay_1', orderId: 'ord_1', failureCode: 'card_declined' };
  expect(() => failed({ data: { ...data, email: 'ada@example.com' } })).toThrow('email');
  expect(() => failed({ data: { ...data, failureCode: 'Mrs Miller has moved' } })).toThrow('must be a code');
  expect(() => failed({ data: { ...data, orderId: 'pay_1' } })).toThrow('must be an id that starts with ord_');
});

test('a consumer drops properties that it does not know, and refuses what it cannot read, without repeating values', () => {
  const event = failed();
  expect(parseEvent({ ...event, data: { ...event.data, added: 'later' } })).toMatchObject({
    ok: true,
    event: { data: event.data },
  });
  expect(parseEvent({ ...event, version: 2 })).toEqual({
    ok: false,
    fault: { code: 'UNKNOWN_EVENT_VERSION', detail: 'payment.failed has version 2, this build handles version 1' },
  });
  expect(parseEvent({ ...event, type: 'payment.lost' })).toMatchObject({
    ok: false,
    fault: { code: 'UNKNOWN_EVENT_TYPE' },
  });
  expect(parseEvent({ ...event, data: { ...event.data, orderId: 'ada@example.com' } })).toEqual({
    ok: false,
    fault: { code: 'MALFORMED_EVENT_DATA', detail: 'payment.failed: orderId: invalid_format' },
  });
  for (const nothing of [null, undefined, 7, 'evt', [], {}]) {
    expect(parseEvent(nothing)).toMatchObject({ ok: false, fault: { code: 'MALFORMED_ENVELOPE' } });
  }
});

test('a service consumes exactly the events that name it', () => {
  expect(eventsConsumedBy('cart').map((event) => event.type)).toEqual([
    'account.export_requested',
    'account.erasure_requested',
    'order.claimed',
    'order.expired',
    'order.cancelled',
    'order.erased',
  ]);
  expect(eventsConsumedBy('gateway')).toEqual([]);
});
