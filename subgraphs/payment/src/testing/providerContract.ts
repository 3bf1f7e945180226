import { newId } from '@souk/runtime';
import { type OpenedIntent, type PaymentProvider, ProviderRefused, ProviderUnavailable } from '../app/ports.js';
import type { Capture, CaptureMethod, Payment, Refund } from '../domain/payment.js';
import { payment as samplePayment } from './samples.js';

export type Lossy = 'create' | 'pay' | 'capture' | 'refund';

/** One provider as it can be tested: the adapter, and the hands of the customer and of chance at its stand-in. */
export interface ProviderBench {
  provider(captureMethod: CaptureMethod): PaymentProvider;
  /** The customer pays an intent, or agrees to pay it. */
  pay(reference: string): Promise<void>;
  /** The customer pays with something that is declined; null when there is no such thing. */
  readonly payDeclined: ((reference: string) => Promise<void>) | null;
  /** The next call of this kind acts and its answer is lost. False when this provider is not called for that. */
  readonly loseAnswer: (call: Lossy) => Promise<boolean>;
  /** Nothing answers any more, or again. Null as above. */
  readonly unreachable: (() => PaymentProvider) | null;
  /** What a refund is right after it was asked for. */
  readonly refundState: Refund['state'];
}

/**
 * What every provider adapter promises to the application, whatever is behind it (`PaymentProvider`, app/providerPort.ts). Run over each
 * adapter against its stand-in.
 */
export function providerContract(name: string, bench: () => ProviderBench): void {
  const paymentOf = (parts: Partial<Payment> = {}): Payment =>
    samplePayment({ id: newId('pay'), orderId: newId('ord'), providerReference: null, ...parts });
  const captureOf = (payment: Payment, amountCents: number, parts: Partial<Capture> = {}): Capture => ({
    id: newId('cap'),
    paymentId: payment.id,
    amountCents,
    final: true,
    state: 'PENDING',
    requestKey: 'key',
    inputHash: 'hash',
    failureCode: null,
    capturedBeforeCents: payment.capturedCents,
    attempt: 1,
    createdAt: new Date(),
    ...parts,
  });
  const refundOf = (payment: Payment, amountCents: number): Refund => ({
    id: newId('ref'),
    paymentId: payment.id,
    amountCents,
    state: 'PENDING',
    reason: null,
    initiatedBy: 'STAFF',
    returnId: null,
    requestKey: 'key',
    inputHash: 'hash',
    providerReference: null,
    failureCode: null,
    attempt: 1,
    attemptAt: null,
    createdAt: new Date(),
  });
  /** The payment as the application knows it after an answer. */
  const known = (payment: Payment, { intent }: Pick<OpenedIntent, 'intent'>): Payment => ({
    ...payment,
    providerReference: intent.reference,
    state: intent.state === 'CAPTURED' || intent.state === 'AUTHORIZED' ? intent.state : payment.state,
    authorizedCents: intent.authorizedCents,
    capturedCents: intent.capturedCents,
  });
  async function paid(captureMethod: CaptureMethod) {
    const provider = bench().provider(captureMethod);
    const created = paymentOf({ captureMethod });
    const payment = known(created, await provider.createIntent(created, `${created.id}:create`));
    await bench().pay(payment.providerReference ?? '');
    const intent = await provider.completeIntent(payment, `${payment.id}:complete`);
    return { provider, intent, payment: known(payment, { intent }) };
  }

  describe(`the ${name} adapter`, () => {
    test('makes one intent per key, for the amount, and finds it again', async () => {
      const provider = bench().provider('AUTOMATIC');
      const payment = paymentOf();
      const first = await provider.createIntent(payment, `${payment.id}:1`);
      const again = await provider.createIntent(payment, `${payment.id}:1`);
      expect(again.intent.reference).toBe(first.intent.reference);
      expect(first.intent).toMatchObject({
        paymentId: payment.id,
        currencyCode: 'EUR',
        capturedCents: 0,
        failure: null,
      });
      expect((await provider.retrieveIntent(known(payment, first))).intent.reference).toBe(first.intent.reference);
    });

    test('money that was taken at once is told to the cent, and completing it again takes nothing', async () => {
      const { provider, intent, payment } = await paid('AUTOMATIC');
      if (intent.state === 'PROCESSING') return; // Nobody tells: what has arrived is recorded by staff.
      expect(intent).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550, failure: null });
      expect(await provider.completeIntent(payment, `${payment.id}:complete`)).toEqual(intent);
      expect((await provider.retrieveIntent(payment)).intent).toEqual(intent);
    });

    test('an authorization is captured by hand, once per key, never more than there is', async () => {
      const { provider, intent, payment } = await paid('MANUAL');
      expect(intent).toMatchObject({ state: 'AUTHORIZED', authorizedCents: 4_550, capturedCents: 0 });
      const capture = captureOf(payment, 4_550);
      const captured = await provider.captureIntent(payment, capture, `${capture.id}:1`);
      expect(captured).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550 });
      expect(await provider.captureIntent(payment, capture, `${capture.id}:1`)).toEqual(captured);
    });

    test('a part is captured and the rest released, or captured later where the provider says so', async () => {
      const { provider, payment } = await paid('MANUAL');
      const capture = captureOf(payment, 2_000, { final: !provider.severalCaptures });
      const part = await provider.captureIntent(payment, capture, `${capture.id}:1`);
      const state = provider.severalCaptures ? 'AUTHORIZED' : 'CAPTURED';
      expect(part).toMatchObject({ state, capturedCents: 2_000 });
      if (!provider.severalCaptures) return;
      const after = known(payment, { intent: part });
      const second = captureOf(after, 1_000, { final: false });
      const more = await provider.captureIntent(after, second, `${second.id}:1`);
      expect(more).toMatchObject({ state: 'AUTHORIZED', capturedCents: 3_000 });
      const ended = await provider.cancelIntent(known(after, { intent: more }), `${payment.id}:void`);
      expect(ended).toMatchObject({ state: 'CAPTURED', capturedCents: 3_000 });
    });

    test('what is not paid, and what is only authorized, can be cancelled, twice as well as once', async () => {
      const provider = bench().provider('AUTOMATIC');
      const created = paymentOf();
      const payment = known(created, await provider.createIntent(created, `${created.id}:1`));
      for (const _ of [1, 2]) {
        expect(await provider.cancelIntent(payment, `${payment.id}:cancel`)).toMatchObject({
          state: 'CANCELLED',
          capturedCents: 0,
        });
      }
      const authorized = await paid('MANUAL');
      const voided = await authorized.provider.cancelIntent(authorized.payment, `${authorized.payment.id}:void`);
      expect(voided).toMatchObject({ state: 'CANCELLED', capturedCents: 0 });
    });

    test('captured money goes back in parts, once per key, each part known by our own id', async () => {
      const { provider, payment, refunds } = await refundable();
      const [first, second] = refunds as [Refund, Refund];
      const one = await provider.refund(payment, first, `${first.id}:1`);
      expect(one).toMatchObject({ refundId: first.id, amountCents: 1_000, state: bench().refundState });
      expect(await provider.refund(payment, first, `${first.id}:1`)).toEqual(one);
      await provider.refund(payment, second, `${second.id}:1`);
      const listed = await provider.listRefunds(payment);
      expect(listed.map(({ refundId, amountCents }) => [refundId, amountCents]).sort()).toEqual(
        [
          [first.id, 1_000],
          [second.id, 3_550],
        ].sort(),
      );
      const asked = { ...first, providerReference: one.reference };
      expect(await provider.retrieveRefund(payment, asked)).toEqual(one);
    });

    test('more than what was captured is refused, and nothing goes back', async () => {
      const { provider, payment } = await refundable();
      const tooMuch = refundOf(payment, 4_551);
      await expect(provider.refund({ ...payment, refunds: [] }, tooMuch, `${tooMuch.id}:1`)).rejects.toThrow(
        ProviderRefused,
      );
      expect(await provider.listRefunds({ ...payment, refunds: [] })).toEqual([]);
    });

    async function refundable() {
      const { provider, payment: authorized } = await paid('MANUAL');
      const capture = captureOf(authorized, 4_550);
      const intent = await provider.captureIntent(authorized, capture, `${capture.id}:1`);
      const captured = known(authorized, { intent });
      const refunds = [refundOf(captured, 1_000), refundOf(captured, 3_550)];
      return { provider, payment: { ...captured, refunds }, refunds };
    }

    test('a currency that does not exist is not taken', () => {
      const provider = bench().provider('AUTOMATIC');
      const offer = { currencyCode: 'EUR', countryCode: 'DE', amountCents: 4_550 };
      expect(provider.available(offer)).toBe(true);
      expect(provider.available({ ...offer, countryCode: null, amountCents: null })).toBe(true);
      expect(provider.available({ ...offer, currencyCode: 'ABC' })).toBe(false);
    });

    test('a decline is a failure with a code, and another attempt in the same intent pays', async () => {
      const { payDeclined, pay } = bench();
      if (payDeclined === null) return;
      const provider = bench().provider('AUTOMATIC');
      const created = paymentOf();
      const payment = known(created, await provider.createIntent(created, `${created.id}:1`));
      const reference = payment.providerReference ?? '';
      await payDeclined(reference);
      const declined = await provider.completeIntent(payment, `${payment.id}:complete:1`);
      expect(declined).toMatchObject({
        state: 'WAITING',
        capturedCents: 0,
        failure: { code: expect.stringMatching(/decline/) },
      });
      await pay(reference);
      const done = await provider.completeIntent(payment, `${payment.id}:complete:2`);
      expect(done).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550, failure: null });
    });

    test.each(['create', 'pay', 'capture', 'refund'] as const)(
      'the answer to %s is lost: asking again with the same key finds it done, once',
      async (call) => {
        const lost = async <T>(act: () => Promise<T>): Promise<T> => {
          if (await bench().loseAnswer(call)) await expect(act()).rejects.toThrow(ProviderUnavailable);
          return act();
        };
        const provider = bench().provider('MANUAL');
        const created = paymentOf({ captureMethod: 'MANUAL' });
        const create = () => provider.createIntent(created, `${created.id}:1`);
        const payment = known(created, call === 'create' ? await lost(create) : await create());
        await bench().pay(payment.providerReference ?? '');
        const complete = () => provider.completeIntent(payment, `${payment.id}:complete`);
        const authorized = known(payment, { intent: call === 'pay' ? await lost(complete) : await complete() });
        expect(authorized).toMatchObject({ state: 'AUTHORIZED', authorizedCents: 4_550 });
        const capture = captureOf(authorized, 4_550);
        const take = () => provider.captureIntent(authorized, capture, `${capture.id}:1`);
        const captured = known(authorized, { intent: call === 'capture' ? await lost(take) : await take() });
        expect(captured).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550 });
        const refund = refundOf(captured, 1_500);
        const owing = { ...captured, refunds: [refund] };
        const giveBack = () => provider.refund(owing, refund, `${refund.id}:1`);
        const given = call === 'refund' ? await lost(giveBack) : await giveBack();
        expect(given).toMatchObject({ refundId: refund.id, amountCents: 1_500 });
        expect(await provider.listRefunds(owing)).toHaveLength(1);
      },
    );

    test('nobody answers: that is no refusal', async () => {
      const { unreachable } = bench();
      if (unreachable === null) return;
      const payment = paymentOf();
      await expect(unreachable().createIntent(payment, `${payment.id}:1`)).rejects.toThrow(ProviderUnavailable);
    });

    test('a webhook that the provider did not sign is refused', async () => {
      const { webhooks } = bench().provider('AUTOMATIC');
      if (webhooks === null) return;
      const rawBody = Buffer.from('{"id":"evt_1","type":"x"}');
      expect(await webhooks.verify({ rawBody, headers: {} }, new Date())).toBeUndefined();
    });

    test('its list of transactions has what was taken and what went back', async () => {
      const { provider, payment, refunds } = await refundable();
      if (provider.listTransactions === null) return;
      const [refund] = refunds as [Refund];
      const { reference } = await provider.refund(payment, refund, `${refund.id}:1`);
      const range = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) };
      const found = [];
      for (let cursor: string | null = null, last = false; !last; ) {
        const page: Awaited<ReturnType<typeof provider.listTransactions>> = await provider.listTransactions({
          ...range,
          cursor,
        });
        found.push(
          ...page.transactions.filter(
            (one) => one.intentReference === payment.providerReference || one.paymentId === payment.id,
          ),
        );
        cursor = page.nextCursor;
        last = cursor === null;
      }
      expect(found.map(({ kind, amountCents, refundReference }) => [kind, amountCents, refundReference])).toEqual(
        expect.arrayContaining([
          ['CAPTURE', 4_550, null],
          ['REFUND', -1_000, reference],
        ]),
      );
      expect(found).toHaveLength(2);
    });
  });
}
