import type { SmsSender } from '../app/ports.js';
import type { SendResult } from '../domain/attempt.js';
import { isRefusal } from './email.sendgrid.js';

const TIMEOUT_MS = 10_000;
const TWILIO_ORIGIN = 'https://api.twilio.com';

/**
 * Text messages through Twilio. The SDK, which is large, is loaded at the first message. Each request carries the delivery's id and
 * attempt as Twilio's idempotency token, so that a repeated request is not a second message.
 */
export function createTwilioSender(o: {
  accountSid: string;
  authToken: string;
  baseUrl?: string | undefined;
  from: string;
}): SmsSender {
  return async (to, body, tags) => {
    try {
      const { default: twilio } = await import('twilio');
      const http = new twilio.RequestClient({ timeout: TIMEOUT_MS });
      const send = http.request.bind(http);
      http.request = (options) =>
        send({
          ...options,
          uri: o.baseUrl === undefined ? options.uri : options.uri.replace(TWILIO_ORIGIN, o.baseUrl.replace(/\/$/, '')),
          headers: { ...options.headers, 'I-Twilio-Idempotency-Token': tags.deliveryId },
        });
      const client = twilio(o.accountSid, o.authToken, { httpClient: http });
      const message = await client.messages.create({ to, from: o.from, body });
      return { ok: true, providerMessageId: message.sid };
    } catch (error) {
      return readFailure(error);
    }
  };
}

/** Twilio's status and code; its messages repeat the number and stay out. */
function readFailure(error: unknown): SendResult {
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (typeof status !== 'number') {
    return { ok: false, final: false, reason: `twilio: ${typeof code === 'string' ? code : 'no answer'}` };
  }
  const reason = `twilio ${status}${typeof code === 'number' ? ` (${code})` : ''}`;
  return { ok: false, final: isRefusal(status), reason };
}
