import { createHash } from 'node:crypto';
import { events, newEvent } from '@souk/events';
import { actorOf, newId, ServiceUnavailable, type Viewer } from '@souk/runtime';
import { decideReturnRequest, earlierRequest, type ReturnRequest } from '../domain/decideReturn.js';
import type { Refusal } from '../domain/refusal.js';
import type { ReturnReason } from '../domain/return.js';
import { refuse, type Step, type WholeOrder } from '../domain/wholeOrder.js';
import type { Article, Articles } from './afterSalesPorts.js';
import { type ChangeWholeDeps, changeWhole, type Decision, nothing, type WholeResult } from './changeWhole.js';
import { invalid, keyFault, textFault } from './inputFaults.js';
import { returnEvent } from './parcelEvents.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';
import { actingOn } from './viewerMaySee.js';

export interface RequestReturnCommand {
  readonly orderId: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly quantity: number;
    readonly exchangeVariantId: string | null;
  }[];
  readonly reason: ReturnReason;
  readonly note: string | null;
  readonly idempotencyKey: string;
}

export interface RequestReturnDeps extends ChangeWholeDeps {
  readonly articles: Articles;
  readonly clock: Clock;
  readonly returnWindowMs: number;
}

export type ReturnResult = { readonly result: WholeResult; readonly returnId: string | null };

const MAX_NOTE = 2_000;
const MAX_LINES = 500;

/**
 * Asks to send units back and publishes `return.requested`: by the order's customer or by staff with orders:write, of what was shipped
 * and is not on its way back already, until the return window is over. Articles in exchange are taken at today's price. The same
 * key and input again asks once.
 */
export const requestReturn =
  (deps: RequestReturnDeps) =>
  async (viewer: Viewer, command: RequestReturnCommand): Promise<ReturnResult> => {
    const note = command.note?.trim() || null;
    const tooMany = command.lines.length > MAX_LINES;
    const fault =
      keyFault(command.idempotencyKey, ['input', 'idempotencyKey']) ??
      textFault(note, MAX_NOTE, ['input', 'note']) ??
      (tooMany
        ? ({ code: 'INVALID', message: 'These are too many lines.', field: ['input', 'lines'] } as const)
        : null);
    if (fault !== null) return { result: invalid(fault), returnId: null };
    const id = newId('rtn');
    const key = `${actorOf(viewer)}:${command.idempotencyKey}`;
    const inputHash = hashOf(command, note);
    let articles: ReadonlyMap<string, Article> | undefined;

    const decide = async (order: WholeOrder): Promise<Decision> => {
      const by = actingOn(viewer, order);
      if (by === null) return { step: noSuchOrder, tell: nothing };
      const earlier = earlierRequest(order, key, inputHash);
      if (earlier !== null) return { step: earlier, tell: nothing };
      const now = deps.clock();
      try {
        articles ??= await deps.articles(wantedVariants(command));
      } catch (error) {
        if (!(error instanceof ServiceUnavailable)) throw error;
        return { step: cannotAsk, tell: nothing };
      }
      const unknown = unavailable(order, command, articles);
      if (unknown !== null) return { step: unknown, tell: nothing };
      const request: ReturnRequest = {
        id,
        lines: command.lines.map((line) => ({
          lineId: line.lineId,
          quantity: line.quantity,
          exchange: exchangeOf(line.exchangeVariantId, articles),
        })),
        reason: command.reason,
        note,
        key,
        inputHash,
      };
      return {
        step: decideReturnRequest(order, request, by, { now, returnWindowMs: deps.returnWindowMs }),
        tell: (after) => ({
          timeline: [timelineEntry('RETURN_REQUESTED', now, { data: { returnId: id, number: numberOf(after, id) } })],
          published: [newEvent(events.returnRequested, returnEvent(after, id, now))],
        }),
      };
    };
    const result = await changeWhole(deps)({ kind: 'order', id: command.orderId }, decide, missing);
    if (!result.ok) return { result, returnId: null };
    return { result, returnId: result.order.returns.find((back) => back.key === key)?.id ?? null };
  };

const numberOf = (order: WholeOrder, id: string) => order.returns.find((back) => back.id === id)?.number;

const wantedVariants = ({ lines }: RequestReturnCommand): string[] => [
  ...new Set(lines.flatMap(({ exchangeVariantId }) => exchangeVariantId ?? [])),
];

/** Refuses what is not for sale, or not in the order's currency. */
function unavailable(
  order: WholeOrder,
  { lines }: RequestReturnCommand,
  articles: ReadonlyMap<string, Article>,
): Step | null {
  for (const [index, { exchangeVariantId }] of lines.entries()) {
    if (exchangeVariantId === null) continue;
    const article = articles.get(exchangeVariantId);
    if (article?.purchasable && article.price.currencyCode === order.currencyCode) continue;
    const message = 'This article cannot be had in exchange: choose another one, or a refund.';
    return refuse('NOT_FOUND', message, ['input', 'lines', `${index}`, 'exchangeVariantId']);
  }
  return null;
}

function exchangeOf(variantId: string | null, articles: ReadonlyMap<string, Article> | undefined) {
  const article = variantId === null ? undefined : articles?.get(variantId);
  if (article === undefined) return null;
  const { price, purchasable: _, ...named } = article;
  return { ...named, unitPriceCents: price.centAmount };
}

const missing: Refusal = { code: 'NOT_FOUND', message: 'There is no such order.', field: ['input', 'orderId'] };
/** Somebody else's order is answered as one that does not exist. */
const noSuchOrder: Step = { kind: 'REFUSE', refusal: missing };
const cannotAsk = refuse(
  'DEPENDENCY_UNAVAILABLE',
  'The catalogue cannot be asked right now. Try again with the same key.',
  [],
);

function hashOf({ lines, reason }: RequestReturnCommand, note: string | null): string {
  const sorted = lines.map((line) => [line.lineId, line.quantity, line.exchangeVariantId]).sort();
  return createHash('sha256')
    .update(JSON.stringify([sorted, reason, note]))
    .digest('base64url');
}
