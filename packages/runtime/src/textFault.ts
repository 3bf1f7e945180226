/** How the characters that are looked for can be written: the escapes of JSON, and of GraphQL inside of JSON. */
const SIGNS = ['\\u0000', '\\u{', '\\ud', '\\uD'].map((sign) => Buffer.from(sign));
const NUL_IN_DOCUMENT = /\\u(?:0000|\{0+\})/;
const MESSAGE = 'A text may contain neither U+0000 nor half a surrogate pair.';

/**
 * What is wrong with the texts of a GraphQL request: none of our stores can keep U+0000, and half a surrogate pair is no character. Refused
 * where they come in, they are no errors of stores. A body that has no such escape is not walked through.
 */
export function textFault(rawBody: Buffer, body: unknown): string | undefined {
  return SIGNS.some((sign) => rawBody.includes(sign)) && hasFaultyText(body) ? MESSAGE : undefined;
}

/** The same for values of a query string, which have been unescaped. */
export function textFaultOf(...values: readonly unknown[]): string | undefined {
  return values.some(hasFaultyText) ? MESSAGE : undefined;
}

/** Whether a text of a store could hold this one. */
export const isStorableText = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

function hasFaultyText(root: unknown): boolean {
  const left: unknown[] = [root];
  const query = (root as { query?: unknown } | null | undefined)?.query;
  if (typeof query === 'string' && NUL_IN_DOCUMENT.test(query)) return true;
  // Without recursion: what is nested a hundred thousand deep fits into a body.
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string') {
      if (!isStorableText(value)) return true;
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) left.push(key, inner);
    }
  }
  return false;
}
