import { differenceCents, type EditedLine, type EditPlan, type EditRequest, type OrderAmounts } from './edit.js';
import { lowerLine, taxOf } from './lowerLine.js';
import type { Address, Order, OrderLine } from './order.js';
import { isEditable } from './orderStates.js';
import type { PlainRefusal, Refusal } from './refusal.js';

/** What the cart service says about lines and shipping at this moment. Amounts in minor units of the order's currency. */
export interface EditQuote {
  /** In the order of what was asked; null for what the catalogue does not know. */
  readonly lines: readonly (QuotedLine | null)[];
  readonly taxBasisPoints: number;
  readonly taxIncluded: boolean;
  /** Null when it was not asked for, or cannot deliver this. */
  readonly shippingMethod: { readonly id: string; readonly name: string; readonly priceCents: number } | null;
}

export interface QuotedLine {
  readonly variantId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly discountCents: number;
  readonly taxCents: number;
  readonly totalCents: number;
  readonly forSale: boolean;
  readonly quantityAvailable: number;
}

export interface LineToQuote {
  readonly variantId: string;
  readonly quantity: number;
  readonly unitPriceCents: number | null;
}

export type PlanResult =
  | { readonly ok: true; readonly plan: EditPlan }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

const refused = (code: PlainRefusal['code'], message: string, ...field: string[]): PlanResult & { ok: false } => ({
  ok: false,
  refusals: [{ code, message, field: ['input', ...field] }],
});

/** Units that are to be added, by variant: those asked for, and what a line is to have more. */
export function addedUnits(lines: readonly OrderLine[], request: EditRequest): Map<string, number> {
  const added = new Map<string, number>();
  const add = (variantId: string, quantity: number) => added.set(variantId, (added.get(variantId) ?? 0) + quantity);
  for (const { variantId, quantity } of request.addLines) add(variantId, quantity);
  for (const { lineId, quantity } of request.setQuantities) {
    const line = lines.find(({ id }) => id === lineId);
    if (line !== undefined && quantity > line.quantity) add(line.variantId, quantity - line.quantity);
  }
  return added;
}

/**
 * What the cart service must be asked for a plan: the lines that are added and, for another way of shipping, first those that stay, whose
 * weight and value count. Empty when nothing must be asked.
 */
export function linesToQuote(lines: readonly OrderLine[], request: EditRequest): LineToQuote[] {
  const added = [...addedUnits(lines, request)].map(([variantId, quantity]) => ({
    variantId,
    quantity,
    unitPriceCents: null,
  }));
  return [...(request.shippingMethodId === null ? [] : stayingLines(lines, request)), ...added];
}

function stayingLines(lines: readonly OrderLine[], request: EditRequest): LineToQuote[] {
  const wanted = new Map(request.setQuantities.map(({ lineId, quantity }) => [lineId, quantity]));
  return lines
    .map((line) => ({ ...line, quantity: Math.min(line.quantity, wanted.get(line.id) ?? line.quantity) }))
    .filter((line) => line.quantity > 0)
    .map(({ variantId, quantity, unitPriceCents }) => ({ variantId, quantity, unitPriceCents }));
}

/**
 * Decides what an edit of an order comes to. Lines that stay keep their price, lines that are lowered keep their unit price and
 * the discount of the units that stay, lines that are added cost what `quote` says. Shipping costs what it did, unless another
 * way of shipping is chosen. Refuses what is not possible, changes nothing.
 */
export function planEdit(
  order: Order,
  lines: readonly OrderLine[],
  request: EditRequest,
  quote: EditQuote | null,
  newLineId: () => string,
): PlanResult {
  if (!isEditable(order, 'staff')) {
    const message = 'Only an order that waits for its payment, or is paid and not yet delivered, can be changed.';
    return refused('ILLEGAL_TRANSITION', message, 'orderId');
  }
  const badAddress = addressRefusal(order, request);
  if (badAddress !== null) return badAddress;
  const lowered = lowerLines(order, lines, request);
  if (!lowered.ok) return lowered;
  const added = quoteAdded(order, lines, request, quote, newLineId);
  if (!added.ok) return added;
  if (request.shippingMethodId !== null && (quote === null || quote.shippingMethod === null)) {
    return refused(
      'SHIPPING_METHOD_NOT_SET',
      'This way of shipping cannot deliver the order as it would be. Choose another one.',
      'shippingMethodId',
    );
  }
  const { shippingAddress, billingAddress } = request;
  const method = quote?.shippingMethod ?? null;
  const changed = [...lowered.lines, ...added.lines];
  const after = amountsOf(order, lines, changed, method, quote);
  if (changed.length === 0 && shippingAddress === null && billingAddress === null && method === null) {
    return refused('INVALID', 'This changes nothing. Say what is to be added, lowered or replaced.');
  }
  const staying = lines.map((line) => changed.find(({ id }) => id === line.id)?.quantity ?? line.quantity);
  if (added.lines.length === 0 && staying.every((quantity) => quantity === 0)) {
    return refused('INVALID', 'Nothing would be left of the order. Cancel the order instead.', 'setQuantities');
  }
  if (order.status === 'PENDING_PAYMENT' && after.totalCents === 0) {
    return refused('INVALID', 'Nothing would be left to pay. Cancel the order instead.', 'setQuantities');
  }
  return {
    ok: true,
    plan: {
      lines: changed,
      before: amounts(order),
      after,
      removed: lowered.lines.map((line) => ({
        variantId: line.variantId,
        quantity: line.quantityBefore - line.quantity,
      })),
      reserved: added.lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
      shippingAddress,
      billingAddress,
      shippingMethod: method === null ? null : { id: method.id, name: method.name },
    },
  };
}

function addressRefusal(order: Order, { shippingAddress, shippingMethodId }: EditRequest): PlanResult | null {
  if (shippingAddress === null && shippingMethodId === null) return null;
  if (order.fulfillmentStatus !== 'UNFULFILLED') {
    const field = shippingAddress === null ? 'shippingMethodId' : 'shippingAddress';
    return refused(
      'ILLEGAL_TRANSITION',
      'Goods of this order have left already: where and how it is delivered can no longer be changed.',
      field,
    );
  }
  const moves = (address: Address | null) =>
    address !== null && address.countryCode !== order.shippingAddress.countryCode;
  return moves(shippingAddress)
    ? refused(
        'INVALID',
        'In another country other taxes and shipping costs apply. Cancel the order and place it anew.',
        'shippingAddress',
        'countryCode',
      )
    : null;
}

function lowerLines(
  order: Order,
  lines: readonly OrderLine[],
  request: EditRequest,
): { ok: true; lines: EditedLine[] } | (PlanResult & { ok: false }) {
  const lowered: EditedLine[] = [];
  for (const [index, { lineId, quantity }] of request.setQuantities.entries()) {
    const field = ['setQuantities', String(index)];
    const line = lines.find(({ id }) => id === lineId);
    if (line === undefined) return refused('NOT_FOUND', 'There is no such line in this order.', ...field, 'lineId');
    if (quantity >= line.quantity) continue;
    if (line.exchangeOf !== null) {
      return refused(
        'ILLEGAL_TRANSITION',
        'This line is the exchange of a return and cannot be edited.',
        ...field,
        'lineId',
      );
    }
    if (quantity < line.quantityFulfilled) {
      const message = `${line.quantityFulfilled} of this line have left already: it cannot have fewer. They can be returned.`;
      return refused('ILLEGAL_TRANSITION', message, ...field, 'quantity');
    }
    lowered.push({ ...named(line), ...lowerLine(line, quantity, order), quantityBefore: line.quantity, quantity });
  }
  return { ok: true, lines: lowered };
}

const named = (line: OrderLine) => ({
  id: line.id,
  variantId: line.variantId,
  productName: line.productName,
  variantName: line.variantName,
  sku: line.sku,
  imageUrl: line.imageUrl,
  unitPriceCents: line.unitPriceCents,
  taxBasisPoints: line.taxBasisPoints,
});

function quoteAdded(
  order: Order,
  lines: readonly OrderLine[],
  request: EditRequest,
  quote: EditQuote | null,
  newLineId: () => string,
): { ok: true; lines: EditedLine[] } | (PlanResult & { ok: false }) {
  const wanted = [...addedUnits(lines, request)];
  if (wanted.length === 0) return { ok: true, lines: [] };
  const quoted = quote?.lines.slice(-wanted.length) ?? [];
  const refusals: Refusal[] = [];
  const added = wanted.flatMap(([variantId, quantity], index): EditedLine[] => {
    const line = quoted[index] ?? null;
    if (line === null || !line.forSale) {
      const message = 'This article is not for sale in the currency of the order.';
      refusals.push({ code: 'VARIANT_UNAVAILABLE', message, field: ['input', 'addLines'] });
      return [];
    }
    if (line.quantityAvailable < quantity) {
      refusals.push({ code: 'INSUFFICIENT_STOCK', variantId, quantityAvailable: line.quantityAvailable });
      return [];
    }
    const { productName, variantName, sku, imageUrl, unitPriceCents, discountCents, taxCents, totalCents } = line;
    return [
      {
        id: newLineId(),
        variantId,
        productName,
        variantName,
        sku,
        imageUrl,
        quantityBefore: 0,
        quantity,
        unitPriceCents,
        discountCents,
        taxCents,
        taxBasisPoints: quote?.taxBasisPoints ?? null,
        totalCents,
      },
    ];
  });
  if (refusals.length > 0) return { ok: false, refusals };
  if (quote !== null && quote.taxIncluded !== order.taxIncluded) {
    return refused(
      'CONFLICT',
      'Prices of this country are shown in another way (with or without tax) since the order was placed. Place a new order.',
      'addLines',
    );
  }
  return { ok: true, lines: added };
}

const amounts = (order: Order): OrderAmounts => ({
  subtotalCents: order.subtotalCents,
  discountCents: order.discountCents,
  shippingCents: order.shippingCents,
  shippingDiscountCents: order.shippingDiscountCents,
  shippingTaxCents: order.shippingTaxCents,
  shippingTaxBasisPoints: order.shippingTaxBasisPoints,
  taxCents: order.taxCents,
  totalCents: order.totalCents,
});

const sum = <T>(items: readonly T[], pick: (item: T) => number): number =>
  items.reduce((total, item) => total + pick(item), 0);

/** The order's sums with these lines. What is not of a line (shipping's share) stays, as far as there is something to take it off. */
function amountsOf(
  order: Order,
  lines: readonly OrderLine[],
  changed: readonly EditedLine[],
  method: EditQuote['shippingMethod'],
  quote: EditQuote | null,
): OrderAmounts {
  const byId = new Map(changed.map((line) => [line.id, line]));
  const now = [
    ...lines.map((line) => byId.get(line.id) ?? line),
    ...changed.filter((line) => line.quantityBefore === 0),
  ];
  const linesCents = sum(now, (line) => line.totalCents);
  const subtotalCents = sum(now, (line) => line.unitPriceCents * line.quantity);
  const shippingCents = method?.priceCents ?? order.shippingCents;

  const restDiscountBefore = order.discountCents - sum(lines, (line) => line.discountCents);
  const restDiscount = Math.min(restDiscountBefore, method === null ? linesCents + shippingCents : method.priceCents);
  const discountCents = sum(now, (line) => line.discountCents) + restDiscount;

  const restTaxBefore = order.taxCents - sum(lines, (line) => line.taxCents);
  const basisPoints = method === null ? order.shippingTaxBasisPoints : (quote?.taxBasisPoints ?? 0);
  const restTax =
    method === null || basisPoints === null ? restTaxBefore : taxOf(shippingCents - restDiscount, basisPoints, order);
  const taxCents = sum(now, (line) => line.taxCents) + restTax;

  const rates = order.shippingDiscountCents !== null || method !== null;
  return {
    subtotalCents,
    discountCents,
    shippingCents,
    shippingDiscountCents: rates ? Math.min(restDiscount, shippingCents) : null,
    shippingTaxCents: rates ? restTax : null,
    shippingTaxBasisPoints: basisPoints,
    taxCents,
    totalCents: subtotalCents - discountCents + shippingCents + (order.taxIncluded ? 0 : taxCents),
  };
}

/** An edit of a paid order that costs more waits for its payment; every other one is applied at once. */
export const mustBePaid = (order: Order, plan: EditPlan): boolean =>
  order.status === 'CONFIRMED' && differenceCents(plan) > 0;
