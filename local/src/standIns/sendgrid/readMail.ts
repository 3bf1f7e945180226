import { type MailError, MailFailure, mailError } from './mailFailure.js';
import type { Mailbox } from './mailRecord.js';

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

type Json = Record<string, unknown>;

const MAX_RECIPIENTS = 1_000;
const MAX_CATEGORIES = 10;
const MAX_CUSTOM_ARGS_BYTES = 10_000;
const MAX_SCHEDULE_SECONDS = 72 * 3_600;
const RESERVED_HEADERS = new Set([
  'x-sg-id',
  'x-sg-eid',
  'received',
  'dkim-signature',
  'content-type',
  'content-transfer-encoding',
  'to',
  'from',
  'subject',
  'reply-to',
  'cc',
  'bcc',
]);

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

function readContent(
  value: unknown,
  templateId: string | null,
  errors: MailError[],
): { text: string | null; html: string | null } {
  const blocks = Array.isArray(value) ? value.filter(isJson) : [];
  if (blocks.length === 0 && templateId === null) {
    errors.push(
      mailError(
        'Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block. We typically suggest both text/plain and text/html blocks are included, but only one block is required.',
        'content',
        'message.content',
      ),
    );
  }
  const types = blocks.map((block) => block.type);
  for (const [index, block] of blocks.entries()) {
    if (typeof block.type !== 'string' || block.type === '') {
      errors.push(
        mailError(
          'The content type is required for all content blocks.',
          `content.${index}.type`,
          'message.content.type',
        ),
      );
    }
    if (typeof block.value !== 'string' || block.value.length === 0) {
      errors.push(
        mailError(
          'The content value must be a string at least one character in length.',
          `content.${index}.value`,
          'message.content.value',
        ),
      );
    }
  }
  const plain = types.indexOf('text/plain');
  const html = types.indexOf('text/html');
  if (plain > 0 || (plain === 0 && html > 1) || (plain < 0 && html > 0)) {
    errors.push(
      mailError(
        'If present, text/plain and text/html may only be provided once. If present, text/plain must be first, followed by text/html and then any other content.',
        'content',
        'message.content.type',
      ),
    );
  }
  return { text: valueAt(blocks, plain), html: valueAt(blocks, html) };
}

function valueAt(blocks: readonly Json[], index: number): string | null {
  const value = blocks[index]?.value;
  return typeof value === 'string' ? value : null;
}

function readCategories(value: unknown, errors: MailError[]): string[] {
  if (value === undefined) return [];
  const categories = Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
  if (!Array.isArray(value) || categories.length !== value.length) {
    errors.push(mailError('Each category must be a string.', 'categories', 'message.categories'));
  }
  if (categories.length > MAX_CATEGORIES) {
    errors.push(mailError('You cannot have more than 10 categories per request.', 'categories', 'message.categories'));
  }
  if (new Set(categories).size !== categories.length) {
    errors.push(mailError('The categories must be unique.', 'categories', 'message.categories'));
  }
  if (categories.some((category) => category.length > 255)) {
    errors.push(mailError('A category may not be longer than 255 characters.', 'categories', 'message.categories'));
  }
  return categories;
}

function readCustomArgs(value: unknown, field: string, errors: MailError[]): Record<string, string> {
  const args = readTexts(value, field, 'Custom arg values must be strings.', errors);
  if (Buffer.byteLength(JSON.stringify(args)) > MAX_CUSTOM_ARGS_BYTES) {
    errors.push(mailError('The maximum size of the custom_args is 10000 bytes.', field, 'message.custom_args'));
  }
  return args;
}

function readHeaders(value: unknown, field: string, errors: MailError[]): Record<string, string> {
  const headers = readTexts(value, field, 'Header values must be strings.', errors);
  for (const name of Object.keys(headers)) {
    if (RESERVED_HEADERS.has(name.toLowerCase())) {
      errors.push(
        mailError(`The header ${name} is reserved and cannot be used.`, `${field}.${name}`, 'message.headers'),
      );
    }
  }
  return headers;
}

function readTexts(value: unknown, field: string, message: string, errors: MailError[]): Record<string, string> {
  if (!isJson(value)) return {};
  const texts: [string, string][] = [];
  for (const [name, item] of Object.entries(value)) {
    if (typeof item === 'string') texts.push([name, item]);
    else errors.push(mailError(message, `${field}.${name}`));
  }
  return Object.fromEntries(texts);
}

function readAttachments(
  value: unknown,
  errors: MailError[],
): { filename: string; type: string | null; bytes: number }[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJson).map((item, index) => {
    const content = typeof item.content === 'string' ? item.content : '';
    const filename = typeof item.filename === 'string' ? item.filename : '';
    if (!/^[A-Za-z0-9+/\r\n]+={0,2}\s*$/.test(content)) {
      errors.push(
        mailError(
          'The attachment content must be base64 encoded.',
          `attachments.${index}.content`,
          'message.attachments.content',
        ),
      );
    }
    if (filename === '') {
      errors.push(
        mailError(
          'The attachment filename is required.',
          `attachments.${index}.filename`,
          'message.attachments.filename',
        ),
      );
    }
    return {
      filename,
      type: typeof item.type === 'string' ? item.type : null,
      bytes: Buffer.from(content, 'base64').length,
    };
  });
}

function checkSendAt(value: unknown, nowSeconds: number, errors: MailError[]): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    errors.push(mailError('The send_at parameter must be an integer.', 'send_at', 'message.send_at'));
  } else if (value > nowSeconds + MAX_SCHEDULE_SECONDS) {
    errors.push(mailError('Scheduling more than 72 hours in advance is forbidden.', 'send_at', 'message.send_at'));
  }
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

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
