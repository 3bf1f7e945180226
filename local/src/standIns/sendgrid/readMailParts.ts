import { type MailError, mailError } from './mailFailure.js';

/** A JSON object of which nothing is known yet. */
export type Json = Record<string, unknown>;

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

/** The text and the HTML part; text first, each once. */
export function readContent(
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

/** At most ten, each once. */
export function readCategories(value: unknown, errors: MailError[]): string[] {
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

/** Texts, 10,000 bytes together. */
export function readCustomArgs(value: unknown, field: string, errors: MailError[]): Record<string, string> {
  const args = readTexts(value, field, 'Custom arg values must be strings.', errors);
  if (Buffer.byteLength(JSON.stringify(args)) > MAX_CUSTOM_ARGS_BYTES) {
    errors.push(mailError('The maximum size of the custom_args is 10000 bytes.', field, 'message.custom_args'));
  }
  return args;
}

/** Headers of the mail, without those that SendGrid sets itself. */
export function readHeaders(value: unknown, field: string, errors: MailError[]): Record<string, string> {
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

/** Names and sizes; the contents are checked and not kept. */
export function readAttachments(
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

/** At most 72 hours ahead. */
export function checkSendAt(value: unknown, nowSeconds: number, errors: MailError[]): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    errors.push(mailError('The send_at parameter must be an integer.', 'send_at', 'message.send_at'));
  } else if (value > nowSeconds + MAX_SCHEDULE_SECONDS) {
    errors.push(mailError('Scheduling more than 72 hours in advance is forbidden.', 'send_at', 'message.send_at'));
  }
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
