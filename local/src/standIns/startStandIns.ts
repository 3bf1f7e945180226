import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { guard } from './control/guard.js';
import { serveControl } from './control/serveControl.js';
import { react } from './core/answer.js';
import { createChangeFeed } from './core/changeFeed.js';
import { createFaults } from './core/faults.js';
import { createRequestLog } from './core/requestLog.js';
import { startWebhookCourier } from './core/webhookCourier.js';
import { type AnyEvent, type Endpoints, undelivered, writeLetter } from './events.js';
import { openStore } from './openStore.js';
import { servePage } from './page/servePage.js';
import { servePaypalCheckout } from './page/servePaypalCheckout.js';
import { serveThreeDSecure } from './page/serveThreeDSecure.js';
import { createPaypalEngine } from './paypal/paypalEngine.js';
import { CERTIFICATES, PAYPAL_BASE, servePaypal } from './paypal/servePaypal.js';
import { serveSendgrid } from './sendgrid/serveSendgrid.js';
import { unrecognizedUrl } from './stripe/answers.js';
import { serveStripe } from './stripe/serveStripe.js';
import { createStripeEngine } from './stripe/stripeEngine.js';
import { refusal, serveTwilio } from './twilio/serveTwilio.js';

export interface StandInOptions {
  /** A loopback address. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly stripe: {
    readonly secretKey: string;
    /** Any `pk_test_…` is accepted when absent. */
    readonly publishableKey?: string | undefined;
    readonly webhookSecret: string;
    readonly webhookUrl: string;
    /** Event types that the webhook endpoint is registered for; all when absent. */
    readonly webhookEvents?: readonly string[] | undefined;
  };
  /** Without it there is no PayPal. */
  readonly paypal?:
    | {
        readonly clientId: string;
        readonly clientSecret: string;
        readonly webhookId: string;
        readonly webhookUrl: string;
        /** Event types that the webhook endpoint is registered for; all when absent. */
        readonly webhookEvents?: readonly string[] | undefined;
      }
    | undefined;
  readonly sendgrid: { readonly apiKey: string };
  readonly twilio: { readonly accountSid: string; readonly authToken: string };
  /** Journal of everything accepted; without it nothing survives a restart. */
  readonly dataFile?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface StandIns {
  /** e.g. `http://127.0.0.1:4010`: base URL of the providers (PayPal's ends in `/paypal`), and the page. */
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const REQUESTS_KEPT = 1_000;
/** Stripe's and Twilio's bodies are small; SendGrid's route has its own limit. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * Starts the stand-ins for Stripe, PayPal, SendGrid and Twilio on one port. With a data file, payments, mails, texts and
 * undelivered webhooks are there again after `kill -9`, and the webhooks go on. Throws with NODE_ENV=production and for
 * an address that others could reach: whoever can call it can make payments succeed.
 */
export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('The stand-ins do not run with NODE_ENV=production: their payments are not real.');
  }
  if (!LOOPBACK.has(options.host)) {
    throw new Error(`The stand-ins listen on loopback only (127.0.0.1, ::1 or localhost), not on ${options.host}.`);
  }
  const log = options.log ?? (() => undefined);
  const store = openStore({ dataFile: options.dataFile });
  const faults = createFaults();
  const feed = createChangeFeed();
  const requests = createRequestLog(REQUESTS_KEPT, feed.touch);
  let url = '';
  const origin = (): string => url;
  const { paypal } = options;
  const endpoints: Endpoints = {
    stripe: { url: options.stripe.webhookUrl, secret: options.stripe.webhookSecret },
    paypal: paypal && {
      url: paypal.webhookUrl,
      webhookId: paypal.webhookId,
      certUrl: () => `${url}${CERTIFICATES}/CERT-1`,
    },
  };
  const courier = startWebhookCourier<AnyEvent>({
    write: (event, at) => writeLetter(event, endpoints, at),
    store,
    onAttempt: feed.touch,
  });
  const engine = createStripeEngine({ store, courier, webhookEvents: options.stripe.webhookEvents });
  const paypalEngine = createPaypalEngine({
    store,
    courier,
    base: () => `${url}${PAYPAL_BASE}`,
    webhookEvents: paypal?.webhookEvents,
  });
  store.onChange(feed.touch);

  const app = fastify({ logger: false, bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  guard(app);
  app.get('/health/live', () => ({ status: 'ok' }));
  await app.register(async (scope) =>
    serveStripe(scope, { keys: options.stripe, store, engine, faults, requests, origin }),
  );
  if (paypal !== undefined) {
    await app.register(async (scope) =>
      servePaypal(scope, { account: paypal, store, engine: paypalEngine, faults, requests, origin }),
    );
    await app.register(async (scope) => servePaypalCheckout(scope, { store, engine: paypalEngine }));
  }
  await app.register(async (scope) => serveSendgrid(scope, { ...options.sendgrid, store, faults, requests }));
  await app.register(async (scope) => serveTwilio(scope, { ...options.twilio, store, faults, requests }));
  await app.register(async (scope) =>
    serveControl(scope, { store, engine, paypal: paypalEngine, courier, faults, requests, feed, origin }),
  );
  await app.register(async (scope) => serveThreeDSecure(scope, { store, engine }));
  servePage(app);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (path.startsWith('/v1/')) return react(reply, unrecognizedUrl(request.method, path));
    if (path.startsWith('/2010-04-01/')) {
      return react(
        reply,
        refusal({ status: 404, code: 20404, message: `The requested resource ${path} was not found` }),
      );
    }
    return reply.code(404).send({ error: { message: `There is nothing at ${request.method} ${path}.` } });
  });

  const close = async (): Promise<void> => {
    courier.close();
    feed.close();
    await app.close();
    store.close();
  };
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = app.server.address() as AddressInfo;
  url = `http://${options.host === '::1' ? '[::1]' : options.host}:${port}`;
  const left = undelivered(store, paypal !== undefined);
  courier.enqueue(left);
  log(`stand-ins for Stripe, PayPal, SendGrid and Twilio at ${url}`);
  if (left.length > 0) log(`${left.length} webhooks are left from before and are being delivered`);
  return { url, close };
}
