import { Query } from 'mingo/query';
import { CommandError } from './errors.js';
import { normalizeProjection } from './expression.js';
import { type Filter, isOperators, matchedPosition } from './filter.js';
import { mingoOptions, translate } from './operators.js';
import { type Doc, decodeTyped, decodeView, isDocument, numericOf } from './values.js';

/** Makes the answered document from stored bytes. Number types survive, except through operators such as $slice. */
export type Projection = (bytes: Uint8Array) => Doc;

interface PathTree {
  readonly children: Map<string, PathTree>;
  whole: boolean;
}

/** Undefined when everything is asked for, so that stored bytes can be answered as they are. */
export function compileProjection(spec: unknown, filter: Filter): Projection | undefined {
  if (spec === undefined || spec === null) return undefined;
  if (!isDocument(spec)) throw new CommandError('TypeMismatch', 'Expected field projection to be of type object');
  if (Object.keys(spec).length === 0) return undefined;
  const flags = new Map<string, boolean>();
  let positional: string | undefined;
  for (const [path, value] of flattenSpec(spec)) {
    const number = typeof value === 'boolean' ? Number(value) : numericOf(value);
    if (number === undefined) return expressionProjection(spec);
    if (path.endsWith('.$')) positional = path.slice(0, -2);
    flags.set(path.replace(/\.\$$/, ''), Number(number) !== 0);
  }
  const includes = isInclusion(flags);
  const tree = pathTree([...flags].filter(([path, flag]) => flag === includes && path !== '_id').map(([path]) => path));
  const keepsId = flags.get('_id') ?? true;
  if (positional !== undefined && !includes) {
    throw new CommandError('Location31254', `positional projection cannot be used with exclusion`);
  }
  return (bytes) => {
    const { _id, ...fields } = decodeTyped(bytes);
    const chosen = (includes ? keep(fields, tree) : drop(fields, tree)) as Doc;
    if (positional !== undefined)
      keepMatchedElement(chosen, positional, matchedPosition(filter, decodeView(bytes), positional));
    return keepsId ? { _id, ...chosen } : chosen;
  };
}

function flattenSpec(spec: Doc, prefix = ''): Array<readonly [string, unknown]> {
  return Object.entries(spec).flatMap(([name, value]): Array<readonly [string, unknown]> => {
    const isNested = isDocument(value) && !isOperators(value) && Object.keys(value).length > 0;
    return isNested ? flattenSpec(value, `${prefix}${name}.`) : [[prefix + name, value]];
  });
}

function isInclusion(flags: ReadonlyMap<string, boolean>): boolean {
  const [first, ...rest] = [...flags].filter(([path]) => path !== '_id');
  if (first === undefined) return flags.get('_id') ?? false;
  for (const [path, flag] of rest) {
    if (flag === first[1]) continue;
    throw flag
      ? new CommandError('Location31253', `Cannot do inclusion on field ${path} in exclusion projection`)
      : new CommandError('Location31254', `Cannot do exclusion on field ${path} in inclusion projection`);
  }
  return first[1];
}

function pathTree(paths: readonly string[]): PathTree {
  const root: PathTree = { children: new Map(), whole: false };
  for (const path of paths) {
    let node = root;
    for (const part of path.split('.')) {
      const child: PathTree = node.children.get(part) ?? { children: new Map(), whole: false };
      node.children.set(part, child);
      node = child;
    }
    node.whole = true;
  }
  return root;
}

function keep(value: unknown, tree: PathTree): unknown {
  if (tree.whole) return value;
  if (Array.isArray(value)) {
    return value
      .filter((element) => isDocument(element) || Array.isArray(element))
      .map((element) => keep(element, tree));
  }
  if (!isDocument(value)) return undefined;
  const kept: Doc = {};
  for (const [name, child] of Object.entries(value)) {
    const node = tree.children.get(name);
    const result = node && keep(child, node);
    if (result !== undefined) kept[name] = result;
  }
  return kept;
}

function drop(value: unknown, tree: PathTree): unknown {
  if (Array.isArray(value)) return value.map((element) => drop(element, tree));
  if (!isDocument(value)) return value;
  const kept: Doc = {};
  for (const [name, child] of Object.entries(value)) {
    const node = tree.children.get(name);
    if (!node?.whole) kept[name] = node ? drop(child, node) : child;
  }
  return kept;
}

function keepMatchedElement(chosen: Doc, arrayPath: string, position: number | undefined): void {
  if (position === undefined) {
    throw new CommandError(
      'BadValue',
      'Executor error during find command :: caused by :: positional operator requires a match',
    );
  }
  const parts = arrayPath.split('.');
  const last = parts.pop() as string;
  const parent = parts.reduce<unknown>((value, part) => (isDocument(value) ? value[part] : undefined), chosen);
  if (isDocument(parent) && Array.isArray(parent[last])) parent[last] = [parent[last][position]];
}

function expressionProjection(spec: Doc): Projection {
  const expressions = normalizeProjection(spec) as Record<string, never>;
  return (bytes) =>
    translate(() => {
      const [projected] = new Query<Doc>({}, mingoOptions).find<Doc>([decodeView(bytes)], expressions).all();
      return projected ?? {};
    });
}
