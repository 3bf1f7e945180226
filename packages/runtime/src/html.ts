const CONTROLS = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/**
 * One line of plain text: line breaks, control and direction-changing characters become one space. For subjects and text messages,
 * where a line break in a name could add a header or a line of its own.
 */
export function oneLine(text: string, maxLength = 200): string {
  const line = text.replace(CONTROLS, ' ').replace(/\s+/g, ' ').trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that has already been made safe to stand in HTML. */
export interface Html {
  readonly html: string;
}

const isHtml = (value: unknown): value is Html => typeof value === 'object' && value !== null && 'html' in value;

/** A template tag: whatever is put in becomes one line of at most 2,000 characters and is escaped, except what is `Html` itself (or a list of it). */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html | readonly Html[])[]): Html {
  const inserted = values.map((value) => {
    if (isHtml(value)) return value.html;
    if (Array.isArray(value)) return value.map((one: Html) => one.html).join('');
    return oneLine(String(value), 2_000).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  });
  return { html: parts.map((part, index) => part + (inserted[index] ?? '')).join('') };
}

/** Nothing. */
export const noHtml: Html = { html: '' };
