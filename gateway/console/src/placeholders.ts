import { LOOKUPS, PART_OF } from './lookups.js';
import type { Memory, Thing } from './memory.js';

/** What placeholders are filled from. */
export interface Sources {
  readonly memory: Memory;
  /** Asks the shop; answers the data, or nothing when it was refused. */
  readonly ask: (query: string) => Promise<unknown>;
  readonly refreshToken: () => string | undefined;
  readonly demoAccount: () => { readonly email: string; readonly password: string } | undefined;
  readonly unique: () => string;
}

type Reader = (thing: Thing) => unknown;
const field =
  (name: string): Reader =>
  (thing) =>
    thing[name];

/** Every placeholder that example variables may use, with how it is read from a thing of its kind. */
const READERS: Readonly<Record<string, Reader>> = {
  'product.id': field('id'),
  'product.slug': field('slug'),
  'product.version': field('version'),
  'product.word': (product) => longestWord(String(product.name ?? '')) ?? product.slug,
  'product.currency': (product) => money(path(product, 'priceRange', 'min'))?.currencyCode,
  'variant.id': field('id'),
  'purchasableVariant.id': field('id'),
  'purchasableVariant.currency': (variant) => money(variant.price)?.currencyCode,
  'category.id': field('id'),
  'cart.id': field('id'),
  'cart.version': field('version'),
  'cart.total': (cart) => money(path(cart, 'cost', 'total')),
  'cartLine.id': field('id'),
  'shippingMethod.id': (cart) => path(cart, 'selectedShippingMethod', 'id') ?? path(cart, 'shippingMethods', '0', 'id'),
  'order.id': field('id'),
  'order.number': field('number'),
  'order.email': field('email'),
  'editableOrder.id': (order) => (allows(order, 'EDIT') ? order.id : undefined),
  'editableOrder.version': (order) => (allows(order, 'EDIT') ? order.version : undefined),
  'spareOrder.id': (order) => (allows(order, 'CANCEL_LINES') && spareLine(order) ? order.id : undefined),
  'spareOrder.lineId': (order) => (allows(order, 'CANCEL_LINES') ? spareLine(order) : undefined),
  'openEdit.id': (edit) => (edit.state === 'AWAITING_PAYMENT' ? edit.id : undefined),
  'draftOrder.id': (draft) => (draft.state === 'OPEN' ? draft.id : undefined),
  'draftOrder.version': (draft) => (draft.state === 'OPEN' ? draft.version : undefined),
  'draftOrder.total': (draft) => (draft.state === 'OPEN' ? money(path(draft, 'price', 'total')) : undefined),
  'shippableOrder.id': (order) => (allows(order, 'FULFILL') ? order.id : undefined),
  'shippableOrder.lineId': (order) => lineWith(order, (line) => Number(line.quantityFulfilled) < Number(line.quantity)),
  'returnableOrder.id': (order) => (allows(order, 'REQUEST_RETURN') ? order.id : undefined),
  'returnableOrder.lineId': (order) =>
    lineWith(order, (line) => Number(line.quantityReturned) < Number(line.quantityFulfilled)),
  'completableOrder.id': (order) => (allows(order, 'COMPLETE') ? order.id : undefined),
  'parcel.id': (parcel) => (parcel.status === 'SHIPPED' ? parcel.id : undefined),
  'requestedReturn.id': (back) => (back.status === 'REQUESTED' ? back.id : undefined),
  'receivedReturn.id': (back) => (back.status === 'RECEIVED' ? back.id : undefined),
  'approvedReturn.id': (back) => (back.status === 'APPROVED' ? back.id : undefined),
  'approvedReturn.lineId': (back) => path(back, 'lines', '0', 'line', 'id'),
  'payment.id': (payment) => refundable(payment) && payment.id,
  'payment.amount': (payment) => refundable(payment),
  'openedPayment.id': field('id'),
  'authorizedPayment.id': (payment) => (payment.state === 'AUTHORIZED' ? payment.id : undefined),
  'transferPayment.id': (payment) => (payment.state === 'PROCESSING' ? payment.id : undefined),
  'transferPayment.amount': (payment) => (payment.state === 'PROCESSING' ? money(payment.amount) : undefined),
  'owedPayment.id': (payment) => owedRefund(payment) && payment.id,
  'owedPayment.refundId': (payment) => owedRefund(payment),
  'paymentMethod.id': field('id'),
  'notification.id': field('id'),
  'webhookEvent.id': field('id'),
  'openDifference.id': field('id'),
  'user.id': field('id'),
  'promotion.code': field('code'),
};
/**
 * `mail.token` is in a mail, `authenticator.code` in an app, `signIn.challenge` in the answer to a password, `deletion.token` in the answer to
 * the deletion of an account, and nowhere else: whoever runs the operation copies them from there.
 */
const OF_THE_CONSOLE = [
  'unique',
  'session.refreshToken',
  'demo.email',
  'demo.password',
  'mail.token',
  'authenticator.code',
  'signIn.challenge',
  'deletion.token',
];

export const PLACEHOLDERS: readonly string[] = [...Object.keys(READERS), ...OF_THE_CONSOLE];

export interface Filled {
  readonly variables: Record<string, unknown>;
  /** Placeholders that nothing is known for yet; they still stand in the variables. */
  readonly missing: readonly string[];
}

const PLACEHOLDER = /\{\{([\w.]+)\}\}/g;

/**
 * Fills the placeholders of example variables: from what answers contained before, else by asking the shop. Text that is
 * nothing but one placeholder becomes the value itself, whatever its type. `{{unique}}` is the same within one filling.
 */
export async function fillPlaceholders(
  variables: Readonly<Record<string, unknown>>,
  sources: Sources,
): Promise<Filled> {
  const names = new Set([...JSON.stringify(variables).matchAll(PLACEHOLDER)].map((match) => match[1] as string));
  const values = new Map<string, unknown>();
  for (const name of names) values.set(name, await exampleOf(name, sources));
  return {
    variables: substitute(variables, values) as Record<string, unknown>,
    missing: [...values].filter(([, value]) => value === undefined || value === null).map(([name]) => name),
  };
}

async function exampleOf(name: string, sources: Sources): Promise<unknown> {
  if (name === 'unique') return sources.unique();
  if (name === 'session.refreshToken') return sources.refreshToken();
  if (name === 'demo.email') return sources.demoAccount()?.email;
  if (name === 'demo.password') return sources.demoAccount()?.password;
  const read = READERS[name];
  const kind = name.slice(0, name.indexOf('.'));
  if (!read) return undefined;
  const known = recalled(kind, read, sources.memory);
  if (known !== undefined && known !== null) return known;
  for (const query of LOOKUPS[PART_OF[kind] ?? kind] ?? []) {
    sources.memory.remember(await sources.ask(query));
    const found = recalled(kind, read, sources.memory);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

/** Kinds that are things of another kind: a shipping method is read from the cart, an order to ship is an order that was seen. */
const SEEN_AS: Readonly<Record<string, string>> = {
  shippingMethod: 'cart',
  editableOrder: 'order',
  spareOrder: 'order',
  openEdit: 'orderEdit',
  shippableOrder: 'order',
  returnableOrder: 'order',
  completableOrder: 'order',
  openedPayment: 'payment',
  authorizedPayment: 'payment',
  transferPayment: 'payment',
  owedPayment: 'payment',
  parcel: 'fulfillment',
  requestedReturn: 'return',
  approvedReturn: 'return',
  receivedReturn: 'return',
};

function recalled(kind: string, read: Reader, memory: Memory): unknown {
  if (kind === 'purchasableVariant') {
    const variant = mostPlentiful(memory.recallAll('variant'));
    return variant && read(variant);
  }
  const thing = memory.recall(SEEN_AS[kind] ?? kind);
  return thing && read(thing);
}

const PLENTY = 10;
/** Half a dozen of it are still no freight. */
const LIGHT_GRAMS = 5_000;

/** What examples may buy some of: the variant of which most is left, of those that are in good supply and go by parcel. */
function mostPlentiful(variants: readonly Thing[]): Thing | undefined {
  const left = (variant: Thing) => Number(variant.quantityAvailable ?? 0);
  return variants
    .filter((variant) => left(variant) >= PLENTY && isKnownToBeLight(variant))
    .reduce<Thing | undefined>((most, variant) => (most && left(most) >= left(variant) ? most : variant), undefined);
}

/** A variant without a weight counts as weightless; one whose weight was not asked for may be anything. */
function isKnownToBeLight(variant: Thing): boolean {
  return variant.weightGrams !== undefined && Number(variant.weightGrams ?? 0) <= LIGHT_GRAMS;
}

function substitute(value: unknown, values: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => substitute(item, values));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner, values)]));
  }
  if (typeof value !== 'string') return value;
  const whole = /^\{\{([\w.]+)\}\}$/.exec(value)?.[1];
  if (whole) return values.get(whole) ?? value;
  return value.replace(PLACEHOLDER, (text, name: string) => String(values.get(name) ?? text));
}

function path(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
}

/** What somebody would look for it by; a name may be as short as "TV", and need not have a letter. */
function longestWord(name: string): string | undefined {
  return name.match(/[\p{L}\p{N}]+/gu)?.reduce((longest, word) => (word.length > longest.length ? word : longest));
}

const allows = (order: Thing, action: string): boolean =>
  Array.isArray(order.allowedActions) && order.allowedActions.includes(action);

/** The id of the order's first line of this kind. */
function lineWith(order: Thing, fits: (line: Thing) => boolean): unknown {
  const lines = Array.isArray(order.lines) ? (order.lines as Thing[]) : [];
  return lines.find(fits)?.id;
}

/** A line of which a unit can be cancelled and another one stays. */
const spareLine = (order: Thing): unknown => lineWith(order, (line) => Number(line.quantity) > 1);

/** Only what was paid can be refunded, and what was given back already cannot be once more. */
function refundable(payment: Thing) {
  const captured = money(payment.capturedAmount);
  const centAmount = Number(captured?.centAmount ?? 0) - Number(path(payment, 'refundedAmount', 'centAmount') ?? 0);
  return captured && centAmount > 0 ? { ...captured, centAmount } : undefined;
}

/** A refund that staff have to make: no provider does it for them. */
function owedRefund(payment: Thing): unknown {
  const byHand = payment.provider === 'bank_transfer' || payment.provider === 'cash_on_delivery';
  const refunds = byHand && Array.isArray(payment.refunds) ? (payment.refunds as Thing[]) : [];
  return refunds.find(({ state }) => state === 'PENDING')?.id;
}

/** Money as inputs take it: without what is only for display. */
function money(value: unknown): { centAmount: unknown; currencyCode: unknown } | undefined {
  const currencyCode = path(value, 'currencyCode');
  return currencyCode === undefined ? undefined : { centAmount: path(value, 'centAmount'), currencyCode };
}
