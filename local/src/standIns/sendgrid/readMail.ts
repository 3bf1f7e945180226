import { type MailError, MailFailure, mailError } from './mailFailure.js';
import type { Mailbox } from './mailRecord.js';
import {
  checkSendAt,
  isJson,
  type Json,
  readAttachments,
  readCategories,
  readContent,
  readCustomArgs,
  readHeaders,
} from './readMailParts.js';

/** One message of a request, before it has an id. */
export interface ReadMail {
  readonly from: Mailbox;
  readonly replyTo: Mailbox | null;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly bcc: readonly Mailbox[];
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  readonly categories: readonly string[];
  readonly customArgs: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly templateId: string | null;
  readonly attachments: readonly { filename: string; type: string | null; bytes: number }[];
  /** Accepted and checked, but not to be delivered (`mail_settings.sandbox_mode`). */
  readonly sandbox: boolean;
}

const MAX_RECIPIENTS = 1_000;

/**
 * Reads the body of POST /v3/mail/send by SendGrid's rules. One message per personalization.
 * Throws MailFailure with all faults found, worded as SendGrid words them.
 */
export function readMail(body: unknown, nowSeconds: number): ReadMail[] {
  const errors: MailError[] = [];
  if (!isJson(body)) throw new MailFailure(400, [mailError('Bad Request', null)]);
  const templateId = typeof body.template_id === 'string' && body.template_id !== '' ? body.template_id : null;

  const from = readFrom(body.from, errors);
  const replyTo = body.reply_to === undefined ? null : mailbox(body.reply_to, 'reply_to', errors);
  const { text, html } = readContent(body.content, templateId, errors);
  const categories = readCategories(body.categories, errors);
  const attachments = readAttachments(body.attachments, errors);
  const headers = readHeaders(body.headers, 'headers', errors);
  const customArgs = readCustomArgs(body.custom_args, 'custom_args', errors);
  checkSendAt(body.send_at, nowSeconds, errors);

  const personalizations = Array.isArray(body.personalizations) ? body.personalizations.filter(isJson) : [];
  if (personalizations.length === 0) {
    errors.push(
      mailError(
        'The personalizations field is required and must have at least one personalization.',
        'personalizations',
        '-Personalizations-Errors',
      ),
    );
  }
  if (personalizations.length > MAX_RECIPIENTS) {
    errors.push(
      mailError('The maximum number of personalizations is 1000.', 'personalizations', '-Personalizations-Errors'),
    );
  }
  const mails = personalizations.map((personalization, index): ReadMail => {
    const field = `personalizations.${index}`;
    const recipients = readRecipients(personalization, field, errors);
    const subject = firstText(personalization.subject, body.subject);
    if (subject === undefined && templateId === null) {
      errors.push(
        mailError(
          'The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.',
          'subject',
          'message.subject',
        ),
      );
    }
    const substitute = substitutions(personalization.substitutions);
    return {
      from,
      replyTo,
      ...recipients,
      subject: substitute(subject ?? ''),
      text: text === null ? null : substitute(text),
      html: html === null ? null : substitute(html),
      categories,
      customArgs: { ...customArgs, ...readCustomArgs(personalization.custom_args, `${field}.custom_args`, errors) },
      headers: { ...headers, ...readHeaders(personalization.headers, `${field}.headers`, errors) },
      templateId,
      attachments,
      sandbox: isSandbox(body.mail_settings),
    };
  });
  if (errors.length > 0) throw new MailFailure(400, errors);
  return mails;
}

function readFrom(value: unknown, errors: MailError[]): Mailbox {
  if (!isJson(value) || typeof value.email !== 'string' || value.email === '') {
    errors.push(
      mailError(
        'The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter. e.g. {"email" : "example@example.com"} or {"email" : "example@example.com", "name" : "Example Recipient"}.',
        'from.email',
        'message.from',
      ),
    );
    return { email: '', name: null };
  }
  return mailbox(value, 'from', errors);
}

function mailbox(value: unknown, field: string, errors: MailError[]): Mailbox {
  const email = isJson(value) && typeof value.email === 'string' ? value.email.trim() : '';
  const name = isJson(value) && typeof value.name === 'string' ? value.name : null;
  if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(email) && !/^[^\s@<>"]+@localhost$/.test(email)) {
    errors.push(mailError('Does not contain a valid address.', `${field}.email`, 'message.personalizations.to'));
  }
  return { email, name };
}

function readRecipients(
  personalization: Json,
  field: string,
  errors: MailError[],
): Pick<ReadMail, 'to' | 'cc' | 'bcc'> {
  const read = (name: 'to' | 'cc' | 'bcc'): Mailbox[] => {
    const value = personalization[name];
    return Array.isArray(value) ? value.map((item, index) => mailbox(item, `${field}.${name}.${index}`, errors)) : [];
  };
  const to = read('to');
  const cc = read('cc');
  const bcc = read('bcc');
  if (to.length === 0) {
    errors.push(
      mailError(
        'The to array is required for all personalization objects, and must have at least one email object with a valid email address.',
        `${field}.to`,
        'message.personalizations.to',
      ),
    );
  }
  const seen = new Set<string>();
  for (const [name, list] of [
    ['to', to],
    ['cc', cc],
    ['bcc', bcc],
  ] as const) {
    for (const { email } of list) {
      const key = email.toLowerCase();
      if (key !== '' && seen.has(key)) {
        errors.push(
          mailError(
            `Each email address in the personalization block should be unique between to, cc, and bcc. We found the first duplicate instance of [${email}] in the ${field}.${name} field.`,
            field,
            'message.recipient-errors',
          ),
        );
      }
      seen.add(key);
    }
  }
  return { to, cc, bcc };
}

function isSandbox(settings: unknown): boolean {
  return isJson(settings) && isJson(settings.sandbox_mode) && settings.sandbox_mode.enable === true;
}

function substitutions(value: unknown): (text: string) => string {
  const pairs = isJson(value) ? Object.entries(value) : [];
  return (text) => pairs.reduce((filled, [tag, replacement]) => filled.replaceAll(tag, String(replacement)), text);
}

const firstText = (...values: unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === 'string' && value !== '');
