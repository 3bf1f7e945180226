import { type EventEnvelope, events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import type { PaymentChange, PaymentStore, StoredWebhook, WebhookStore } from '../app/ports.js';
import { captureTransaction } from '../domain/ledger.js';
import type { Payment, Refund } from '../domain/payment.js';
import { payment as sample } from './samples.js';

/** An implementation of the stores, and a look at what it published. */
export interface PaymentStoresBench {
  readonly payments: Omit<PaymentStore, 'disputesOf'>;
  readonly webhooks: Pick<WebhookStore, 'store' | 'take' | 'settle' | 'park'>;
  readonly published: (aggregateId: string) => Promise<readonly string[]>;
}

const AT_ONCE = -1_000;
const NOW = () => new Date();
const soon = (ms: number): Date => new Date(Date.now() + ms);

/** What every implementation of payment's stores keeps: one payment per purpose, compare-and-set, all or nothing, once per event, leases. */
export function paymentStoresContract(open: () => PaymentStoresBench): void {
  const payments = () => open().payments;
  const webhooks = () => open().webhooks;
  const fresh = (parts: Partial<Payment> = {}): Payment => {
    const orderId = parts.orderId ?? newId('ord');
    const made = { id: newId('pay'), orderId, purposeId: orderId, providerReference: null, createdAt: NOW() };
    return sample({ ...made, reconcileAt: soon(60_000), ...parts });
  };
  const opening = (payment: Payment, key: string = newId('req'), inputHash = 'hash') => ({
    payment,
    scope: payment.orderId,
    key,
    inputHash,
  });
  async function opened(parts: Partial<Payment> = {}): Promise<Payment> {
    const payment = await payments().open(opening(fresh(parts)));
    if (payment === 'KEY_REUSED') throw new Error('a new key cannot have been used');
    return payment;
  }
  const read = async (id: string) => (await payments().byIds([id], false))[0] as Payment;
  const capturedEvent = (payment: Payment): EventEnvelope =>
    newEvent(events.paymentCaptured, {
      aggregateId: payment.id,
      sequence: payment.version + 1,
      data: {
        paymentId: payment.id,
        orderId: payment.orderId,
        purposeId: payment.purposeId,
        centAmount: 4_550,
        currencyCode: 'EUR',
        provider: 'stripe',
        capturedAt: NOW().toISOString(),
      },
    });
  const capture = (before: Payment): PaymentChange => ({
    before,
    after: {
      ...before,
      state: 'CAPTURED',
      providerReference: `pi_${before.id}`,
      authorizedCents: 4_550,
      capturedCents: 4_550,
      reconcileAt: null,
      version: before.version + 1,
    },
    ledger: [captureTransaction(before.id, 'stripe', 4_550, 0)],
    published: [capturedEvent(before)],
  });
  const refundOf = (payment: Payment, parts: Partial<Refund> = {}): Refund => ({
    id: newId('ref'),
    paymentId: payment.id,
    amountCents: 1_000,
    state: 'PENDING',
    reason: null,
    initiatedBy: 'COMPENSATION',
    returnId: null,
    requestKey: newId('req'),
    inputHash: 'hash',
    providerReference: null,
    failureCode: null,
    attempt: 1,
    attemptAt: soon(60_000),
    createdAt: NOW(),
    ...parts,
  });
  const withRefund = (before: Payment, refund: Refund): PaymentChange => ({
    before,
    after: {
      ...before,
      refundReservedCents: before.refundReservedCents + refund.amountCents,
      refunds: [...before.refunds, refund],
      version: before.version + 1,
    },
    refunds: [refund],
  });
  async function captured(): Promise<Payment> {
    const before = await opened();
    expect(await payments().apply(capture(before))).toBe(true);
    return read(before.id);
  }

  describe('a payment', () => {
    test('is one for its purpose, whoever opens it, and a key stands for one input', async () => {
      const first = fresh();
      const same = fresh({ orderId: first.orderId });
      expect(await payments().open(opening(first, 'key-of-first-'.concat(first.id)))).toMatchObject({ id: first.id });
      expect(await payments().open(opening(same))).toMatchObject({ id: first.id });
      expect(await payments().open(opening(same, 'key-of-first-'.concat(first.id), 'other'))).toBe('KEY_REUSED');
      const other = fresh({ orderId: first.orderId, purposeId: newId('oed') });
      expect(await payments().open(opening(other))).toMatchObject({ id: other.id });
      expect((await payments().byOrderIds([first.orderId], false)).map(({ id }) => id).sort()).toEqual(
        [first.id, other.id].sort(),
      );
    });

    test('is changed by the first of two who read the same version; the other one writes and publishes nothing', async () => {
      const before = await opened();
      expect(await payments().apply(capture(before))).toBe(true);
      const late = { ...capture(before), ledger: [captureTransaction(before.id, 'stripe', 4_550, 1)] };
      expect(await payments().apply(late)).toBe(false);
      expect(await read(before.id)).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550, version: 2 });
      expect(await open().published(before.id)).toEqual(['payment.captured']);
    });

    test('is changed by an event once, and one that met another version leaves no mark', async () => {
      const payment = await captured();
      const eventId = newId('evt');
      const change = { ...withRefund(payment, refundOf(payment)), causedBy: eventId };
      expect(await payments().apply({ ...change, before: { ...payment, version: 1 } })).toBe(false);
      expect((await payments().forEvent(payment.orderId, eventId)).applied).toBe(false);
      expect(await payments().apply(change)).toBe(true);
      const { payments: found, applied } = await payments().forEvent(payment.orderId, eventId);
      expect([found.map(({ id }) => id), applied]).toEqual([[payment.id], true]);
      const again = { ...withRefund(found[0] as Payment, refundOf(payment)), causedBy: eventId };
      await expect((async () => payments().apply(again))()).rejects.toThrow();
      expect((await read(payment.id)).refunds).toHaveLength(1);
    });

    test('an event that changes nothing is marked, any number of times', async () => {
      const payment = await opened();
      const eventId = newId('evt');
      await payments().markApplied(eventId);
      await payments().markApplied(eventId);
      expect((await payments().forEvent(payment.orderId, eventId)).applied).toBe(true);
    });

    test('changes of several payments are made together or not at all', async () => {
      const [one, two] = [await opened(), await opened()];
      const cancel = (before: Payment): PaymentChange => ({
        before,
        after: { ...before, cancelRequested: true, version: before.version + 1 },
      });
      const stale = { ...cancel(two), before: { ...two, version: 7 } };
      expect(await payments().applyAll([cancel(one), stale])).toBe(false);
      expect((await read(one.id)).cancelRequested).toBe(false);
      expect(await payments().applyAll([cancel(one), cancel(two)])).toBe(true);
      expect([(await read(one.id)).cancelRequested, (await read(two.id)).cancelRequested]).toEqual([true, true]);
    });

    test('a request for a refund is stored once, and never more is refunded than was captured', async () => {
      const payment = await captured();
      const refund = refundOf(payment);
      expect(await payments().apply(withRefund(payment, refund))).toBe(true);
      const now = await read(payment.id);
      expect(now.refunds).toMatchObject([{ id: refund.id, state: 'PENDING', amountCents: 1_000 }]);
      const twice = withRefund(now, refundOf(payment, { requestKey: refund.requestKey }));
      await expect((async () => payments().apply(twice))()).rejects.toThrow();
      const tooMuch = { ...now, refundedCents: 4_551, version: now.version + 1 };
      await expect((async () => payments().apply({ before: now, after: tooMuch }))()).rejects.toThrow();
      expect((await read(payment.id)).version).toBe(now.version);
    });

    test('is found by its intent, and by its id as long as it knows no intent', async () => {
      const unknown = await opened();
      const known = await captured();
      const reference = known.providerReference as string;
      expect(await payments().ofIntent('stripe', reference, null)).toMatchObject({ id: known.id });
      expect(await payments().ofIntent('stripe', 'pi_new', unknown.id)).toMatchObject({ id: unknown.id });
      expect(await payments().ofIntent('stripe', 'pi_new', known.id)).toBeUndefined();
      expect(await payments().ofIntent('paypal', reference, null)).toBeUndefined();
    });

    test('that is due is given to one process, which has it for a while', async () => {
      const due = await opened({ reconcileAt: soon(AT_ONCE) });
      const later = await opened();
      const take = async () => (await payments().takeUnsettled(1_000)).map(({ id }) => id);
      const taken = await take();
      expect([taken.includes(due.id), taken.includes(later.id)]).toEqual([true, false]);
      expect(await take()).not.toContain(due.id);
      const lease = ((await read(due.id)).reconcileAt?.getTime() ?? 0) - Date.now();
      expect(Math.round(lease / 1_000)).toBe(8);
      expect((await read(due.id)).version).toBe(due.version);
    });

    test('its refund that is due is given to one process, which has it for a while', async () => {
      const payment = await captured();
      const refund = refundOf(payment, { attemptAt: soon(AT_ONCE) });
      await payments().apply(withRefund(payment, refund));
      const take = async () => (await payments().takeRefunds(1_000)).filter(({ refundId }) => refundId === refund.id);
      expect(await take()).toEqual([{ paymentId: payment.id, refundId: refund.id }]);
      expect(await take()).toEqual([]);
    });
  });

  describe('a webhook', () => {
    const webhook = (): StoredWebhook => ({
      id: newId('whk'),
      provider: 'stripe',
      providerEventId: newId('evt'),
      type: 'payment_intent.succeeded',
      payload: { id: 1 },
      attempts: 0,
    });
    const take = async (id: string) => (await webhooks().take(1_000)).find((one) => one.id === id);

    test('is stored once per message of the provider, leased to who stored it', async () => {
      const first = webhook();
      expect(await webhooks().store(first, true)).toBe(true);
      expect(await webhooks().store({ ...first, id: newId('whk') }, true)).toBe(false);
      expect(await take(first.id)).toBeUndefined();
    });

    test('that was parked comes again when its time has come, to one process, with its attempts counted', async () => {
      const parked = webhook();
      await webhooks().store(parked, true);
      await webhooks().park(parked.id, 'not yet', AT_ONCE);
      expect(await take(parked.id)).toMatchObject({ id: parked.id, attempts: 1 });
      expect(await take(parked.id)).toBeUndefined();
    });

    test.each([
      ['settled', true],
      ['irrelevant', false],
    ])('that is %s does not come again, and is not parked any more', async (_, relevant) => {
      const done = webhook();
      await webhooks().store(done, relevant);
      if (relevant) await webhooks().settle(done.id, 'PROCESSED', null);
      await webhooks().park(done.id, 'late', AT_ONCE);
      expect(await take(done.id)).toBeUndefined();
    });

    test('is processed with the change that it told of', async () => {
      const told = webhook();
      await webhooks().store(told, true);
      const before = await opened();
      await payments().apply({ ...capture(before), webhookId: told.id });
      await webhooks().park(told.id, 'late', AT_ONCE);
      expect(await take(told.id)).toBeUndefined();
    });
  });
}
