import type { ChangeResult } from './cancelOrder.js';
import type { Clock, OrderStore } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

const MAX_TEXT = 2_000;
const ATTEMPTS = 5;

/** Adds a note to an order's timeline; publishes nothing. The caller has checked that the viewer is staff. */
export const addNote =
  (deps: { orders: OrderStore; clock: Clock }) =>
  async (command: { orderId: string; text: string; isPublic: boolean }): Promise<ChangeResult> => {
    const message = command.text.trim();
    if (message === '' || message.length > MAX_TEXT) {
      const text = `A note has 1 to ${MAX_TEXT} characters.`;
      return { ok: false, errors: [{ code: 'INVALID', message: text, field: ['text'] }] };
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [before] = await deps.orders.byIds([command.orderId], { lines: false, timeline: false });
      if (before === undefined) {
        const error = { code: 'NOT_FOUND', message: 'There is no such order.', field: ['orderId'] } as const;
        return { ok: false, errors: [error] };
      }
      const after = { ...before, version: before.version + 1 };
      const timeline = [timelineEntry('NOTE_ADDED', deps.clock(), { message, isPublic: command.isPublic })];
      const changed = await deps.orders.apply([{ before, after, timeline, published: [] }]);
      if (changed.has(before.id)) return { ok: true, order: after };
    }
    const error = { code: 'CONFLICT', message: 'The order is changing at this moment. Try again.' } as const;
    return { ok: false, errors: [error] };
  };
