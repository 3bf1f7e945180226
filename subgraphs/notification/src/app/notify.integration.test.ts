import { confirmedEvent, notificationHarness } from '../testing/harness.js';
import { sampleOrder } from '../testing/samples.js';

const { at, app, deliveries, makeDue } = notificationHarness();
const confirm = (event = confirmedEvent()) =>
  ({ event, template: 'order.confirmed', orderId: event.data.orderId }) as const;

test('a confirmed order is mailed once, with the ids by which the mail is found again', async () => {
  const notice = confirm();
  await app().notify(notice);
  expect(at.providers.accepted).toHaveLength(1);
  const mail = JSON.parse(at.providers.accepted[0]?.body ?? '') as Record<string, unknown>;
  const [email, sms] = await deliveries();
  expect(email).toMatchObject({
    channel: 'EMAIL',
    state: 'SENT',
    attempts: 1,
    recipient: 'ada@example.com',
    provider_message_id: 'msg-1',
    claimed: false,
  });
  expect(sms).toMatchObject({ channel: 'SMS', state: 'SUPPRESSED', last_error: 'NO_PHONE', recipient: null });
  expect(mail).toMatchObject({
    from: { email: 'shop@example.com', name: 'Souk' },
    subject: 'Your order 261122-K7Q2M9XD is confirmed',
    custom_args: { eventId: notice.event.id, deliveryId: email?.id, attempt: '1' },
    personalizations: [{ to: [{ email: 'ada@example.com' }] }],
  });
  expect(at.providers.accepted[0]?.headers.authorization).toBe('Bearer SG.test-key');
});

test('the same event three times in parallel is one mail', async () => {
  const notice = confirm();
  const one = app();
  await Promise.all([one.notify(notice), one.notify(notice), one.notify(notice)]);
  await one.notify(notice);
  expect(at.providers.accepted).toHaveLength(1);
  expect(await deliveries()).toHaveLength(2);
});

test('a customer who left a number gets a text message too, with an idempotency token', async () => {
  at.readOrder = async (id) => sampleOrder({ id, phone: '+4930123456', locale: 'en' });
  await app().notify(confirm());
  const sms = at.providers.accepted.find((request) => request.path.startsWith('/2010-04-01'));
  expect(new URLSearchParams(sms?.body).get('To')).toBe('+4930123456');
  expect(new URLSearchParams(sms?.body).get('Body')).toBe(
    'Souk: your order 261122-K7Q2M9XD is confirmed, €105.61 paid. Thank you!',
  );
  const row = (await deliveries())[1];
  expect(row).toMatchObject({ channel: 'SMS', state: 'SENT', recipient: '+4930123456' });
  expect(sms?.headers['i-twilio-idempotency-token']).toBe(row?.id);
  expect(at.providers.accepted).toHaveLength(2);
});

test('the provider answers 500 three times, then accepts: sent once', async () => {
  at.providers.react({ status: 500 }, { status: 500 }, { status: 500 });
  const one = app();
  await one.notify(confirm());
  for (const attempts of [1, 2, 3]) {
    expect((await deliveries())[0]).toMatchObject({
      state: 'QUEUED',
      attempts,
      last_error: 'sendgrid 500',
      claimed: false,
    });
    await makeDue();
    await one.sweep();
  }
  expect((await deliveries())[0]).toMatchObject({ state: 'SENT', attempts: 4, last_error: null });
  expect(at.providers.refused).toHaveLength(3);
  expect(at.providers.accepted).toHaveLength(1);
  expect(at.retries).toEqual([100, 200, 400]);
  await one.sweep();
  expect(at.providers.accepted).toHaveLength(1);
});

test('a mail that the provider refuses is given up at once, with the faulty field and nobody’s address', async () => {
  at.providers.react({
    status: 400,
    body: {
      errors: [
        { message: 'Does not contain a valid address: ada@example.com', field: 'personalizations.0.to.0.email' },
      ],
    },
  });
  await app().notify(confirm());
  const [email] = await deliveries();
  expect(email).toMatchObject({
    state: 'FAILED',
    attempts: 1,
    last_error: 'sendgrid 400: personalizations.0.to.0.email',
  });
  expect(at.retries).toEqual([]);
});

test('a wrong API key or address of the provider is our fault and not the mail’s: it is tried again', async () => {
  for (const status of [401, 403, 404]) {
    at.providers.react({ status });
    const event = confirmedEvent();
    await app().notify(confirm(event));
    const email = (await deliveries()).find((row) => row.event_id === event.id && row.channel === 'EMAIL');
    expect(email).toMatchObject({ state: 'QUEUED', last_error: `sendgrid ${status}` });
  }
});

test('a connection that breaks is tried again, and a provider that never recovers is given up', async () => {
  at.providers.react({ status: 503 }, 'accept-and-hang-up', { status: 429 });
  const one = app({ maxAttempts: 3 });
  await one.notify(confirm());
  await makeDue();
  await one.sweep();
  expect((await deliveries())[0]).toMatchObject({ state: 'QUEUED', last_error: 'sendgrid: ECONNRESET' });
  await makeDue();
  await one.sweep();
  expect((await deliveries())[0]).toMatchObject({
    state: 'FAILED',
    attempts: 3,
    last_error: 'gave up after 3 attempts: sendgrid 429',
  });
});

test('the order service being away delays the mail and loses nothing', async () => {
  at.readOrder = async () => {
    throw new TypeError('connect ECONNREFUSED');
  };
  const one = app();
  await one.notify(confirm());
  expect(at.providers.accepted).toHaveLength(0);
  expect((await deliveries()).map((row) => [row.state, row.last_error])).toEqual([
    ['QUEUED', 'order service: TypeError'],
    ['QUEUED', 'order service: TypeError'],
  ]);
  at.readOrder = async (id) => sampleOrder({ id });
  await makeDue();
  await one.sweep();
  expect((await deliveries()).map((row) => row.state)).toEqual(['SENT', 'SUPPRESSED']);
});

test('a process that dies after it recorded, or after the provider took the mail, leaves it due again: at most one extra mail', async () => {
  const one = app();
  const notice = confirm();
  const crash = new Promise<never>(() => undefined);
  at.readOrder = () => crash; // the process hangs for good, as far as the database can tell
  void one.notify(notice);
  while ((await deliveries()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await deliveries())[0]).toMatchObject({ state: 'QUEUED', attempts: 1, claimed: true });
  await one.sweep();
  expect(at.providers.accepted).toHaveLength(0); // its lease still runs
  at.readOrder = async (id) => sampleOrder({ id });
  await makeDue();
  await one.sweep();
  expect(at.providers.accepted).toHaveLength(1);
  expect(JSON.parse(at.providers.accepted[0]?.body ?? '')).toMatchObject({
    custom_args: { eventId: notice.event.id, attempt: '2' },
  });
  expect((await deliveries())[0]).toMatchObject({ state: 'SENT', attempts: 2, claimed: false });
});

test('two sweepers share what is due: nothing is sent twice', async () => {
  at.providers.react(...Array.from({ length: 12 }, () => ({ status: 500 })));
  const [one, two] = [app(), app()];
  for (let index = 0; index < 12; index += 1) await one.notify(confirm(confirmedEvent(`ord_${index}`)));
  await makeDue();
  at.providers.react();
  await Promise.all([one.sweep(), two.sweep(), one.sweep(), two.sweep()]);
  expect(at.providers.accepted).toHaveLength(12);
  expect((await deliveries()).filter((row) => row.channel === 'EMAIL' && row.state === 'SENT')).toHaveLength(12);
});

test('the welcome mail goes to active accounts only', async () => {
  const one = app();
  const welcome = (userId: string) => ({ event: confirmedEvent(), template: 'account.registered', userId }) as const;
  await one.notify(welcome('usr_1'));
  await one.notify(welcome('usr_closed'));
  await one.notify(welcome('usr_gone'));
  expect((await deliveries()).map((row) => [row.state, row.last_error])).toEqual([
    ['SENT', null],
    ['SUPPRESSED', 'ACCOUNT_DISABLED'],
    ['SUPPRESSED', 'ACCOUNT_NOT_FOUND'],
  ]);
  expect(at.providers.accepted).toHaveLength(1);
  expect(at.providers.accepted[0]?.body).toContain('tok_secret');
});
