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

/** A template tag: whatever is put in is escaped, except what is `Html` itself (or a list of it). */
export function html(parts: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  const inserted = values.map((value) => {
    if (isHtml(value)) return value.html;
    if (typeof value !== 'string') return value.map((one) => one.html).join('');
    return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  });
  return { html: parts.map((part, index) => part + (inserted[index] ?? '')).join('') };
}

/** Nothing. */
export const noHtml: Html = { html: '' };
