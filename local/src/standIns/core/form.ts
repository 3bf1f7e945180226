/** A decoded form: `a[b][c]=1&d[]=2&e[0]=3` becomes nested objects and lists of strings. */
export interface Form {
  readonly [name: string]: FormValue;
}
export type FormValue = string | Form | readonly FormValue[];

interface Node {
  [name: string]: string | Node;
}

const MAX_DEPTH = 8;

/** Reads an urlencoded body or query string, as Stripe's and Twilio's SDKs write them. Never throws. */
export function parseForm(encoded: string): Form {
  const root: Node = Object.create(null) as Node;
  if (encoded === '') return root;
  for (const pair of encoded.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const path = keyPath(key);
    if (path.length <= MAX_DEPTH) insert(root, path, value);
  }
  return finish(root) as Form;
}

/** Names and values sorted, so that two encodings of the same parameters compare equal. */
export function canonicalForm(encoded: string): string {
  return encoded
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => decode(pair))
    .sort()
    .join('&');
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function keyPath(key: string): string[] {
  const open = key.indexOf('[');
  if (open <= 0 || !key.endsWith(']')) return [key];
  return [key.slice(0, open), ...key.slice(open + 1, -1).split('][')];
}

function insert(root: Node, path: readonly string[], value: string): void {
  let node = root;
  for (const [depth, part] of path.entries()) {
    const name = part === '' ? String(Object.keys(node).length) : part;
    if (depth === path.length - 1) {
      node[name] = value;
      return;
    }
    const next = node[name];
    if (typeof next === 'object') {
      node = next;
    } else {
      const created: Node = Object.create(null) as Node;
      node[name] = created;
      node = created;
    }
  }
}

/** Turns nodes with the keys 0, 1, 2… into lists. */
function finish(node: Node): FormValue {
  const names = Object.keys(node);
  const isList = names.length > 0 && names.every((name, index) => name === String(index));
  const values = names.map((name) => {
    const value = node[name] ?? '';
    return typeof value === 'string' ? value : finish(value);
  });
  if (isList) return values;
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
