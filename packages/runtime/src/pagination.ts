import { isStorableText } from './textFault.js';

/** The most items that a list answers at once, whatever `first` asks for. */
export const MAX_PAGE_SIZE = 100;

/** Opaque text that stands for a place in a sorted list. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a cursor made by `encodeCursor`, or undefined for any other text. */
export function decodeCursor(cursor: string): (string | number)[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const valid =
      Array.isArray(parts) &&
      parts.every((part) => (typeof part === 'string' ? isStorableText(part) : typeof part === 'number'));
    return valid ? (parts as (string | number)[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a part of a cursor is a moment as `toISOString` writes it: what else `Date` takes for one a store may not. */
export function isMoment(part: unknown): part is string {
  if (typeof part !== 'string' || Number.isNaN(Date.parse(part))) return false;
  return new Date(part).toISOString() === part;
}
