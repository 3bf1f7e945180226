import { type StandIns, startStandIns } from '@souk/local/standIns/startStandIns';
import { createBankTransferProvider, createCashOnDeliveryProvider } from './adapters/manual/provider.manual.js';
import { createPaypalProvider } from './adapters/paypal/provider.paypal.js';
import { createStripeProvider } from './adapters/stripe/provider.stripe.js';
import { type Lossy, type ProviderBench, providerContract } from './testing/providerContract.js';

const PAYPAL = { clientId: 'client-id', clientSecret: 'client-secret', webhookId: 'WEBHOOK1' };
const STRIPE = { secretKey: 'sk_test_contract', publishableKey: 'pk_test_contract', webhookSecret: 'whsec_contract' };
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';
/** A machine that is busy with other tests is no provider that does not answer. */
const PATIENT = { timeoutMs: 8_000 };

let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { ...STRIPE, webhookUrl: `${NOWHERE}/webhooks/stripe` },
    paypal: { ...PAYPAL, webhookUrl: `${NOWHERE}/webhooks/paypal` },
    sendgrid: { apiKey: 'SG.test' },
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' },
  });
});
afterAll(() => standIns.close());

async function control(path: string, body: object = {}): Promise<void> {
  const response = await fetch(`${standIns.url}/control${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok && response.status !== 402) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** It acts, and the connection is cut before the answer. Stripe's SDK itself tries once more on a new one. */
const loseAt = (provider: string, paths: Record<Lossy, string | null>) => async (call: Lossy) => {
  const path = paths[call];
  const times = provider === 'stripe' ? 2 : 1;
  if (path !== null) await control('/faults', { provider, kind: 'close', when: 'after', method: 'POST', path, times });
  return path !== null;
};

const paypal = (): ProviderBench => ({
  provider: (captureMethod) =>
    createPaypalProvider({ ...PAYPAL, ...PATIENT, captureMethod, apiBaseUrl: `${standIns.url}/paypal` }),
  pay: (reference) => control(`/paypal/orders/${reference}/approve`),
  payDeclined: (reference) => control(`/paypal/orders/${reference}/approve`, { funding: 'declined' }),
  loseAnswer: loseAt('paypal', {
    create: '/v2/checkout/orders',
    pay: '/authorize',
    capture: '/capture',
    refund: '/refund',
  }),
  unreachable: () => createPaypalProvider({ ...PAYPAL, ...PATIENT, captureMethod: 'AUTOMATIC', apiBaseUrl: NOWHERE }),
  refundState: 'SUCCEEDED',
});

const stripe = (): ProviderBench => ({
  provider: (captureMethod) =>
    createStripeProvider({ ...STRIPE, ...PATIENT, captureMethod, maxNetworkRetries: 0, apiBaseUrl: standIns.url }),
  pay: (reference) => control(`/payment_intents/${reference}/pay`),
  payDeclined: (reference) =>
    control(`/payment_intents/${reference}/pay`, { payment_method: 'pm_card_chargeDeclined' }),
  loseAnswer: loseAt('stripe', {
    create: '/v1/payment_intents',
    pay: null,
    capture: '/capture',
    refund: '/v1/refunds',
  }),
  unreachable: () =>
    createStripeProvider({
      ...STRIPE,
      ...PATIENT,
      captureMethod: 'AUTOMATIC',
      maxNetworkRetries: 0,
      apiBaseUrl: NOWHERE,
    }),
  refundState: 'SUCCEEDED',
});

const anywhere = { currencies: [], countries: [], mostUnits: null };
const account = { holder: 'Souk', iban: 'DE02120300000000202051', bic: null, bankName: null };

/** A bank transfer waits for the money, cash on delivery is authorized at once. */
const byHand = (): ProviderBench => ({
  provider: (captureMethod) =>
    captureMethod === 'MANUAL'
      ? createCashOnDeliveryProvider({ limits: anywhere })
      : createBankTransferProvider({ limits: anywhere, account, paymentWindowMs: 86_400_000 }),
  pay: async () => undefined,
  payDeclined: null,
  loseAnswer: async () => false,
  unreachable: null,
  refundState: 'PENDING',
});

providerContract('Stripe', stripe);
providerContract('PayPal', paypal);
providerContract('manual', byHand);
