import { isCurrencyCode } from '@souk/money';
import type Stripe from 'stripe';
import { z } from 'zod';
import { type OpenedIntent, type PaymentProvider, ProviderRefused, ProviderUnavailable } from '../../app/ports.js';
import type { CaptureMethod, Payment } from '../../domain/payment.js';
import { toStripeAmount } from './amounts.js';
import { savedMethods } from './savedMethods.stripe.js';
import { intentSnapshot, isRelease, noticeOf, refundSnapshot } from './snapshots.js';
import { transactionPage } from './transactions.stripe.js';
import { verifySignature } from './verifySignature.js';
import { withoutPersonalData } from './withoutPersonalData.js';

export interface StripeOptions {
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecret: string;
  readonly captureMethod: CaptureMethod;
  /** Origin of a stand-in; Stripe itself when it is not set. */
  readonly apiBaseUrl?: string | undefined;
  readonly timeoutMs?: number;
  readonly maxNetworkRetries?: number;
}

const eventSchema = z.looseObject({ id: z.string().min(1).max(255), type: z.string().min(1).max(100) });
const METADATA = (payment: Payment) => ({
  souk_payment_id: payment.id,
  souk_order_id: payment.orderId,
  souk_order_number: payment.orderNumber,
});

/** Stripe behind the provider port, through Stripe's SDK, which is loaded at the first call. */
export function createStripeProvider(options: StripeOptions): PaymentProvider {
  let loading: Promise<Stripe> | undefined;
  const stripe = (): Promise<Stripe> => {
    loading ??= loadStripe(options);
    return loading;
  };

  return {
    code: 'stripe',
    name: 'Stripe',
    publishableKey: options.publishableKey,
    captureMethod: options.captureMethod,
    // Several captures of one authorization ("multicapture") are for some accounts and cards only; one always works.
    severalCaptures: false,
    available: ({ currencyCode }) => isCurrencyCode(currencyCode),
    createIntent: (payment, idempotencyKey) =>
      ask(async () => {
        const params = {
          amount: toStripeAmount(payment.amountCents, payment.currencyCode),
          currency: payment.currencyCode.toLowerCase(),
          automatic_payment_methods: { enabled: true },
          description: `Order ${payment.orderNumber}`,
          metadata: METADATA(payment),
          ...(payment.captureMethod === 'MANUAL' ? { capture_method: 'manual' as const } : {}),
          ...customerTerms(payment),
          ...(payment.saveMethod ? { setup_future_usage: 'on_session' as const } : {}),
        };
        return opened(await (await stripe()).paymentIntents.create(params, { idempotencyKey }));
      }),
    findIntent: (payment) =>
      ask(async () => {
        const { paymentIntents } = await stripe();
        const gte = Math.floor(payment.createdAt.getTime() / 1_000) - CLOCK_DIFFERENCE_SECONDS;
        for await (const intent of paymentIntents.list({ created: { gte }, limit: 100 })) {
          if (intent.metadata.souk_payment_id === payment.id && intent.status !== 'canceled') return opened(intent);
        }
        return undefined;
      }),
    updateIntent: (payment, idempotencyKey) =>
      ask(async () => {
        const params = {
          amount: toStripeAmount(payment.amountCents, payment.currencyCode),
          ...customerTerms(payment),
          // An empty text takes back what was asked for before.
          ...(payment.customerReference === null
            ? {}
            : { setup_future_usage: payment.saveMethod ? ('on_session' as const) : ('' as const) }),
        };
        const { paymentIntents } = await stripe();
        return opened(await paymentIntents.update(referenceOf(payment), params, { idempotencyKey }));
      }),
    retrieveIntent: (payment) =>
      ask(async () => {
        const { paymentIntents } = await stripe();
        return opened(await paymentIntents.retrieve(referenceOf(payment), expanded(payment)));
      }),
    // Stripe takes the money itself when the customer has agreed.
    completeIntent: (payment) =>
      ask(async () => intentSnapshot(await (await stripe()).paymentIntents.retrieve(referenceOf(payment)))),
    captureIntent: (payment, capture, idempotencyKey) =>
      ask(async () => {
        const params = { amount_to_capture: toStripeAmount(capture.amountCents, payment.currencyCode) };
        const { paymentIntents } = await stripe();
        return intentSnapshot(await paymentIntents.capture(referenceOf(payment), params, { idempotencyKey }));
      }),
    cancelIntent: (payment, idempotencyKey) =>
      ask(async () =>
        intentSnapshot(await (await stripe()).paymentIntents.cancel(referenceOf(payment), {}, { idempotencyKey })),
      ),
    refund: (payment, refund, idempotencyKey) =>
      ask(async () => {
        const params = {
          payment_intent: referenceOf(payment),
          amount: toStripeAmount(refund.amountCents, payment.currencyCode),
          metadata: { souk_refund_id: refund.id, souk_payment_id: payment.id, souk_order_id: payment.orderId },
        };
        return refundSnapshot(await (await stripe()).refunds.create(params, { idempotencyKey }));
      }),
    retrieveRefund: (_, refund) =>
      ask(async () => refundSnapshot(await (await stripe()).refunds.retrieve(refund.providerReference ?? ''))),
    listRefunds: (payment) =>
      ask(async () => {
        const { refunds } = await stripe();
        const all = await refunds
          .list({ payment_intent: referenceOf(payment), limit: 100 })
          .autoPagingToArray({ limit: 1_000 });
        return all.filter((refund) => !isRelease(refund)).map(refundSnapshot);
      }),
    listTransactions: (range) => ask(async () => transactionPage(await stripe(), range)),
    webhooks: {
      async verify({ rawBody, headers }, now) {
        if (!verifySignature(rawBody, headers['stripe-signature'], options.webhookSecret, now)) return undefined;
        const { success, data: event } = eventSchema.safeParse(jsonOf(rawBody));
        if (!success) return undefined;
        const payload = withoutPersonalData(event) as Readonly<Record<string, unknown>>;
        return { providerEventId: event.id, type: event.type, payload };
      },
      read: ({ type, payload }) => noticeOf(type, payload),
    },
    savedMethods: savedMethods(stripe, ask),
  };
}

const referenceOf = (payment: Payment): string => {
  if (payment.providerReference === null) throw new Error(`payment ${payment.id} has no intent`);
  return payment.providerReference;
};

/** The customer's saved method, that the intent may be paid with. */
const customerTerms = ({ customerReference, methodReference }: Payment) => ({
  ...(customerReference === null ? {} : { customer: customerReference }),
  ...(methodReference === null ? {} : { payment_method: methodReference }),
});

/** When an authorization lapses is told by its charge. */
const expanded = (payment: Payment) => (payment.captureMethod === 'MANUAL' ? { expand: ['latest_charge'] } : {});

function jsonOf(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function loadStripe(options: StripeOptions): Promise<Stripe> {
  const { default: StripeSdk } = await import('stripe');
  const base = options.apiBaseUrl === undefined ? undefined : new URL(options.apiBaseUrl);
  return new StripeSdk(options.secretKey, {
    telemetry: false,
    timeout: options.timeoutMs ?? 8_000,
    maxNetworkRetries: options.maxNetworkRetries ?? 1,
    ...(base === undefined
      ? {}
      : {
          protocol: base.protocol === 'http:' ? ('http' as const) : ('https' as const),
          host: base.hostname,
          port: base.port || (base.protocol === 'http:' ? 80 : 443),
        }),
  });
}

const opened = (intent: { client_secret: string | null }): OpenedIntent => ({
  intent: intentSnapshot(intent),
  clientSecret: intent.client_secret,
  redirectUrl: null,
});

/** How far Stripe's clock and ours may differ. */
const CLOCK_DIFFERENCE_SECONDS = 60;

/** Statuses that say nothing about what happened, or that go away: another try with the same key is safe and may work. */
const UNCLEAR = new Set([408, 409, 425, 429]);

/** Turns the SDK's errors into the port's two kinds. Anything else is a bug and stays as it is. */
async function ask<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { type, statusCode, code } = error as { type?: unknown; statusCode?: unknown; code?: unknown };
    if (typeof type !== 'string' || !type.startsWith('Stripe')) throw error;
    const definite =
      typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 && !UNCLEAR.has(statusCode);
    const keysRefused = type === 'StripeAuthenticationError' || type === 'StripePermissionError';
    if (!definite || keysRefused) {
      const answered = typeof statusCode === 'number' && statusCode >= 500;
      throw new ProviderUnavailable(`Stripe: ${type}`, answered, { cause: error });
    }
    throw new ProviderRefused(typeof code === 'string' ? code : 'refused', `Stripe: ${type}`, { cause: error });
  }
}
