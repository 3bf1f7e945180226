import Stripe from 'stripe';
import type { StoreUrls } from '../stores.js';

/** What the provider says about one intent. Amounts in the provider's smallest units. */
export interface ProviderIntent {
  readonly reference: string;
  /** The payment that opened it; null for an intent that is not ours. */
  readonly paymentId: string | null;
  /** It can still be paid, is authorised, or was paid. */
  readonly alive: boolean;
  readonly currencyCode: string;
  readonly captured: number;
  readonly refunded: number;
  readonly createdAt: Date;
}

const PAGE = 100;

/** All intents, newest first, in pages, through Stripe's list API with each intent's charge. */
export async function* stripeIntents(options: NonNullable<StoreUrls['stripe']>): AsyncIterable<ProviderIntent[]> {
  const base = options.baseUrl === undefined ? undefined : new URL(options.baseUrl);
  const stripe = new Stripe(options.secretKey, {
    telemetry: false,
    timeout: 20_000,
    maxNetworkRetries: 3,
    ...(base === undefined
      ? {}
      : {
          protocol: base.protocol === 'http:' ? ('http' as const) : ('https' as const),
          host: base.hostname,
          port: base.port || (base.protocol === 'http:' ? 80 : 443),
        }),
  });
  let after: string | undefined;
  for (;;) {
    const page = await stripe.paymentIntents.list({
      limit: PAGE,
      expand: ['data.latest_charge'],
      ...(after === undefined ? {} : { starting_after: after }),
    });
    yield page.data.map(intentOf);
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return;
  }
}

function intentOf(intent: Stripe.PaymentIntent): ProviderIntent {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  return {
    reference: intent.id,
    paymentId: intent.metadata.souk_payment_id ?? null,
    alive: intent.status !== 'canceled',
    currencyCode: intent.currency.toUpperCase(),
    captured: intent.amount_received,
    refunded: charge?.amount_refunded ?? 0,
    createdAt: new Date(intent.created * 1_000),
  };
}
