import type { EmailSender } from '../app/ports.js';
import type { SendResult } from '../domain/attempt.js';
import type { MailAddress } from '../domain/mailAddress.js';
import { createSendgridClient } from './sendgridClient.js';

const TIMEOUT_MS = 10_000;

/**
 * Mail through SendGrid. The SDK is loaded at the first mail, so that an idle process stays small. Every mail carries the event's and
 * the delivery's id as custom arguments: SendGrid has no idempotency keys, and its event stream shows by them what was sent twice.
 */
export function createSendgridSender(o: {
  apiKey: string;
  baseUrl?: string | undefined;
  from: MailAddress;
}): EmailSender {
  let loading: ReturnType<typeof load> | undefined;
  const load = async () => {
    const [{ default: mail }, client] = await Promise.all([
      import('@sendgrid/mail'),
      createSendgridClient({ apiKey: o.apiKey, baseUrl: o.baseUrl, timeoutMs: TIMEOUT_MS }),
    ]);
    const service = new (mail.constructor as new () => typeof mail)();
    service.setClient(client);
    return service;
  };

  return async (to, mail, tags) => {
    try {
      loading ??= load();
      const [response] = await (await loading).send({
        to,
        from: o.from,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        categories: [tags.template],
        customArgs: { eventId: tags.eventId, deliveryId: tags.deliveryId, attempt: String(tags.attempt) },
        headers: { 'X-Souk-Event': tags.eventId },
        trackingSettings: { clickTracking: { enable: false, enableText: false }, openTracking: { enable: false } },
      });
      const id: unknown = (response.headers as Record<string, unknown>)['x-message-id'];
      return { ok: true, providerMessageId: typeof id === 'string' ? id : null };
    } catch (error) {
      return readFailure(error);
    }
  };
}

/** The status and the faulty fields; SendGrid's messages may repeat addresses and stay out. */
function readFailure(error: unknown): SendResult {
  const { code, response } = error as { code?: unknown; response?: { body?: { errors?: { field?: unknown }[] } } };
  if (typeof code !== 'number') {
    return { ok: false, final: false, reason: `sendgrid: ${typeof code === 'string' ? code : 'no answer'}` };
  }
  const fields = (response?.body?.errors ?? []).map((one) => one.field).filter((field) => typeof field === 'string');
  const reason = `sendgrid ${code}${fields.length > 0 ? `: ${fields.join(', ')}` : ''}`.slice(0, 200);
  return { ok: false, final: isRefusal(code), reason };
}

/**
 * Statuses that are about the message itself. The others are faults of our account or address (401, 403, 404), or pass (408, 429,
 * 5xx): they are mended by us or by the provider, and the message is sent then.
 */
export const isRefusal = (status: number): boolean => status === 400 || status === 413 || status === 422;
