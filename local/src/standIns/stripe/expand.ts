import type { Store } from '../openStore.js';
import { invalidRequest } from './failure.js';
import type { StripeObjectKind } from './records.js';
import { render } from './render.js';

/** Which kind an id is of: every expandable field holds the id of another object. */
const KIND_OF_PREFIX: Readonly<Record<string, StripeObjectKind>> = {
  pi: 'payment_intent',
  ch: 'charge',
  re: 'refund',
  du: 'dispute',
  pm: 'payment_method',
  cus: 'customer',
  txn: 'balance_transaction',
};

const MAX_DEPTH = 4;

/** Replaces ids by their objects where the caller asked for it, e.g. `latest_charge.balance_transaction` or `data.source`. */
export function expand(
  body: Record<string, unknown>,
  paths: readonly string[],
  store: Pick<Store, 'get'>,
): Record<string, unknown> {
  return paths.reduce((answer, path) => {
    const names = path.split('.');
    if (names.length > MAX_DEPTH) {
      throw invalidRequest(`You cannot expand more than ${MAX_DEPTH} levels of a property.`, { param: 'expand' });
    }
    return along(answer, names, path, store);
  }, body);
}

function along(
  node: Record<string, unknown>,
  names: readonly string[],
  path: string,
  store: Pick<Store, 'get'>,
): Record<string, unknown> {
  const [name, ...rest] = names;
  if (name === undefined) return node;
  if (!(name in node)) {
    throw invalidRequest(`This property cannot be expanded (${path}).`, { param: 'expand' });
  }
  return { ...node, [name]: deeper(node[name], rest, path, store) };
}

function deeper(value: unknown, rest: readonly string[], path: string, store: Pick<Store, 'get'>): unknown {
  if (Array.isArray(value)) return value.map((item) => deeper(item, rest, path, store));
  const found = typeof value === 'string' ? lookUp(value, store) : value;
  return isObject(found) ? along(found, rest, path, store) : found;
}

function lookUp(id: string, store: Pick<Store, 'get'>): unknown {
  const kind = KIND_OF_PREFIX[id.slice(0, id.indexOf('_'))];
  const record = kind === undefined ? undefined : store.get(kind, id);
  return kind === undefined || record === undefined ? id : render({ kind, record } as Parameters<typeof render>[0]);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
