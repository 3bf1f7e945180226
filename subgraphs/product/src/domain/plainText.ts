const MARKS = /\p{M}+/gu;
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  þ: 'th',
  ð: 'd',
};

/** Lower case without accents: what searching, sorting and slugs compare. "Crème Brûlée" → "creme brulee". */
export function plainText(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(MARKS, '')
    .replace(/[ßæœøđłþð]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The words of a text: runs of letters and digits. */
export function words(text: string): string[] {
  return plainText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

export const MAX_SLUG_LENGTH = 120;
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Lower-case letters, digits and single hyphens, at most 120 characters. */
export function isSlug(text: string): boolean {
  return text.length <= MAX_SLUG_LENGTH && SLUG.test(text);
}

/** The slug of a name, or '' when nothing of it can be written in one: "Mug, 0.3 l" → "mug-0-3-l". */
export function slugOf(name: string): string {
  const parts = plainText(name).match(/[a-z0-9]+/g) ?? [];
  return parts.join('-').slice(0, MAX_SLUG_LENGTH).replace(/-+$/, '');
}
