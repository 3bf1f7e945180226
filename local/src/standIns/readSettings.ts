import type { StandInOptions } from './startStandIns.js';

/** A fault in the environment: all of them at once, each with what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const REQUIRED = {
  STRIPE_SECRET_KEY: 'the key that the payment service uses, e.g. sk_test_local',
  STRIPE_WEBHOOK_SECRET: 'the secret that the payment service checks webhooks with, e.g. whsec_local',
  STRIPE_WEBHOOK_URL: "the payment service's webhook endpoint, e.g. http://127.0.0.1:4005/webhooks/stripe",
  SENDGRID_API_KEY: 'the key that the notification worker uses, e.g. SG.local',
  TWILIO_ACCOUNT_SID: 'the account that the notification worker uses, e.g. AC and 32 hex digits',
  TWILIO_AUTH_TOKEN: 'the token that the notification worker uses',
} as const;

const PAYPAL = ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', 'PAYPAL_WEBHOOK_ID', 'PAYPAL_WEBHOOK_URL'] as const;

/**
 * Reads HOST (127.0.0.1), PORT (4010), DATA_FILE (none), STRIPE_PUBLISHABLE_KEY (any test key), STRIPE_WEBHOOK_EVENTS
 * (comma-separated, all), those of PayPal (all or none of them; PAYPAL_WEBHOOK_EVENTS: all) and the required ones above.
 * Throws SettingsError.
 */
export function readSettings(env: NodeJS.ProcessEnv): Omit<StandInOptions, 'log'> {
  const faults: string[] = [];
  const value = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const required = (name: keyof typeof REQUIRED): string => {
    const found = value(name);
    if (found === undefined) faults.push(`${name} is missing: set it to ${REQUIRED[name]}.`);
    return found ?? '';
  };
  const port = Number(value('PORT') ?? '4010');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    faults.push(`PORT is ${env.PORT}: set it to a number from 0 to 65535.`);
  }
  const webhookUrl = required('STRIPE_WEBHOOK_URL');
  if (webhookUrl !== '' && !/^https?:$/.test(protocolOf(webhookUrl))) {
    faults.push(`STRIPE_WEBHOOK_URL is not an http URL: set it to ${REQUIRED.STRIPE_WEBHOOK_URL}.`);
  }
  const list = (name: string): string[] | undefined =>
    value(name)
      ?.split(',')
      .map((type) => type.trim());
  const paypal = (): StandInOptions['paypal'] => {
    if (PAYPAL.every((name) => value(name) === undefined)) return undefined;
    const [clientId = '', clientSecret = '', webhookId = '', paypalWebhookUrl = ''] = PAYPAL.map((name) => {
      if (value(name) === undefined)
        faults.push(`${name} is missing: PayPal needs ${PAYPAL.join(', ')}, or none of them.`);
      return value(name) ?? '';
    });
    return {
      clientId,
      clientSecret,
      webhookId,
      webhookUrl: paypalWebhookUrl,
      webhookEvents: list('PAYPAL_WEBHOOK_EVENTS'),
    };
  };
  const settings = {
    host: value('HOST') ?? '127.0.0.1',
    port,
    stripe: {
      secretKey: required('STRIPE_SECRET_KEY'),
      publishableKey: value('STRIPE_PUBLISHABLE_KEY'),
      webhookSecret: required('STRIPE_WEBHOOK_SECRET'),
      webhookUrl,
      webhookEvents: list('STRIPE_WEBHOOK_EVENTS'),
    },
    paypal: paypal(),
    sendgrid: { apiKey: required('SENDGRID_API_KEY') },
    twilio: { accountSid: required('TWILIO_ACCOUNT_SID'), authToken: required('TWILIO_AUTH_TOKEN') },
    dataFile: value('DATA_FILE'),
  };
  if (faults.length > 0) throw new SettingsError(faults.join('\n'));
  return settings;
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
