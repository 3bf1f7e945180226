import type { Form } from '../core/form.js';
import { TwilioFailure } from './twilioFailure.js';

/** A message as it was asked for. */
export interface ReadMessage {
  readonly to: string;
  readonly from: string | null;
  readonly messagingServiceSid: string | null;
  readonly body: string;
  readonly mediaUrls: readonly string[];
}

const MAX_BODY = 1_600;
const E164 = /^\+[1-9]\d{6,14}$/;
const CHANNEL = /^(whatsapp|messenger):/;

/** Twilio's magic numbers of test credentials, and what they are refused with. */
const BAD_TO: Readonly<Record<string, readonly [code: number, message: (to: string) => string]>> = {
  '+15005550001': [21211, (to) => `Invalid 'To' Phone Number: ${masked(to)}`],
  '+15005550002': [
    21612,
    (to) => `The 'To' phone number: ${to}, is not currently reachable using the 'From' phone number via SMS.`,
  ],
  '+15005550003': [
    21408,
    (to) => `Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ${to}.`,
  ],
  '+15005550004': [21610, () => 'Attempt to send to unsubscribed recipient'],
  '+15005550009': [21614, (to) => `'To' number: ${to}, is not a valid mobile number`],
};

/** Reads the form of a create call by Twilio's rules. Throws TwilioFailure with Twilio's code. */
export function readMessage(form: Form): ReadMessage {
  const value = (name: string): string | null => {
    const sent = form[name];
    return typeof sent === 'string' && sent !== '' ? sent : null;
  };
  const to = value('To');
  const from = value('From');
  const messagingServiceSid = value('MessagingServiceSid');
  const body = value('Body') ?? '';
  const media = form.MediaUrl;
  const mediaUrls = typeof media === 'string' ? [media] : [];
  if (to === null) throw new TwilioFailure(400, 21604, "A 'To' phone number is required.");
  if (from === null && messagingServiceSid === null) {
    throw new TwilioFailure(400, 21603, "A 'From' phone number is required.");
  }
  const bad = BAD_TO[to];
  if (bad !== undefined) throw new TwilioFailure(400, bad[0], bad[1](to));
  if (!E164.test(to.replace(CHANNEL, ''))) {
    throw new TwilioFailure(400, 21211, `Invalid 'To' Phone Number: ${masked(to)}`);
  }
  if (from !== null && !isSender(from)) {
    throw new TwilioFailure(400, 21212, `Invalid From Number (caller ID): ${masked(from)}`);
  }
  if (from === '+15005550007') {
    throw new TwilioFailure(
      400,
      21606,
      `The 'From' phone number ${from} is not a valid, SMS-capable inbound phone number or short code for your account.`,
    );
  }
  if (body === '' && mediaUrls.length === 0) throw new TwilioFailure(400, 21602, 'Message body is required.');
  if ([...body].length > MAX_BODY) {
    throw new TwilioFailure(400, 21617, 'The concatenated message body exceeds the 1600 character limit.');
  }
  return { to, from, messagingServiceSid, body, mediaUrls };
}

/** A number, a short code, or an alphanumeric sender of up to 11 characters. */
function isSender(from: string): boolean {
  return (
    E164.test(from.replace(CHANNEL, '')) ||
    /^\d{3,6}$/.test(from) ||
    /^(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}$/.test(from)
  );
}

const masked = (phone: string): string => phone.slice(0, -4) + 'X'.repeat(Math.min(4, phone.length));
