import { createBankTransferProvider, createCashOnDeliveryProvider } from './adapters/manual/provider.manual.js';
import { createPaypalProvider } from './adapters/paypal/provider.paypal.js';
import { createStripeProvider } from './adapters/stripe/provider.stripe.js';
import type { PaymentProvider, Providers } from './app/ports.js';
import type { Config } from './config.js';

const DAY_MS = 86_400_000;
const methodOf = (name: 'automatic' | 'manual') => (name === 'manual' ? 'MANUAL' : 'AUTOMATIC');
const atMost = (units: number): number | null => (units === 0 ? null : units);

/** Every way to pay that is configured, Stripe first. */
export function createProviders(config: Config): Providers {
  const providers: PaymentProvider[] = [
    createStripeProvider({
      secretKey: config.STRIPE_SECRET_KEY,
      publishableKey: config.STRIPE_PUBLISHABLE_KEY,
      webhookSecret: config.STRIPE_WEBHOOK_SECRET,
      captureMethod: methodOf(config.STRIPE_CAPTURE_METHOD),
      apiBaseUrl: config.STRIPE_API_BASE_URL,
    }),
  ];
  const { PAYPAL_CLIENT_ID: clientId, PAYPAL_CLIENT_SECRET: clientSecret, PAYPAL_WEBHOOK_ID: webhookId } = config;
  if (clientId !== undefined && clientSecret !== undefined && webhookId !== undefined) {
    const captureMethod = methodOf(config.PAYPAL_CAPTURE_METHOD);
    const apiBaseUrl = config.PAYPAL_API_BASE_URL;
    providers.push(createPaypalProvider({ clientId, clientSecret, webhookId, captureMethod, apiBaseUrl }));
  }
  const { BANK_TRANSFER_HOLDER: holder, BANK_TRANSFER_IBAN: iban } = config;
  if (holder !== undefined && iban !== undefined) {
    providers.push(
      createBankTransferProvider({
        account: {
          holder,
          iban: iban.replaceAll(' ', ''),
          bic: config.BANK_TRANSFER_BIC ?? null,
          bankName: config.BANK_TRANSFER_BANK_NAME ?? null,
        },
        paymentWindowMs: config.BANK_TRANSFER_WINDOW_DAYS * DAY_MS,
        limits: {
          currencies: config.BANK_TRANSFER_CURRENCIES,
          countries: config.BANK_TRANSFER_COUNTRIES,
          mostUnits: atMost(config.BANK_TRANSFER_MOST),
        },
      }),
    );
  }
  if (config.CASH_ON_DELIVERY) {
    providers.push(
      createCashOnDeliveryProvider({
        limits: {
          currencies: config.CASH_ON_DELIVERY_CURRENCIES,
          countries: config.CASH_ON_DELIVERY_COUNTRIES,
          mostUnits: atMost(config.CASH_ON_DELIVERY_MOST),
        },
      }),
    );
  }
  return new Map(providers.map((provider) => [provider.code, provider]));
}
