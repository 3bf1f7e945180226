import type { ReturnForMail } from '../notification.js';
import { articles } from './articles.js';
import type { Block } from './layout.js';

/** What is delivered instead of what comes back; nothing when only money goes back. */
export function exchanges({ lines }: ReturnForMail): Block[] {
  const wanted = lines.flatMap((line) =>
    line.exchangeName === null
      ? []
      : [{ productName: line.exchangeName, variantName: null, quantity: line.accepted || line.quantity }],
  );
  return wanted.length === 0 ? [] : [articles('You get instead', wanted)];
}
