import { oneLine } from '@souk/runtime/html';
import type { Shop } from '../notification.js';

const MAX_LENGTH = 160;

/** A text message: one line with the shop's name in front. `extra` (a link) is added only when it fits whole: half of one leads nowhere. */
export function sms(shop: Shop, text: string, extra?: string): string {
  const message = oneLine(`${oneLine(shop.name, 40)}: ${text}`, MAX_LENGTH);
  if (extra === undefined) return message;
  const both = `${message} ${oneLine(extra, 1_000)}`;
  return both.length <= MAX_LENGTH ? both : message;
}
