import { Query } from 'mingo/query';
import { CommandError } from './errors.js';
import { normalizeExpression } from './expression.js';
import { FIELD_OPERATORS, mingoOptions, translate } from './operators.js';
import { bsonTypeOf, type Doc, isDocument, toRegExp, typeOrder } from './values.js';

/** `path` must be one of `values`: what a hash index can answer. */
export interface Equality {
  readonly path: string;
  readonly values: readonly unknown[];
}

/** A validated query filter. */
export interface Filter {
  readonly test: (view: Doc) => boolean;
  /** Conditions that every match fulfils and an index may serve. */
  readonly equalities: readonly Equality[];
  /** Whether the one equality says all there is to say, so that an index hit needs no further test. */
  readonly isOneEquality: boolean;
  /** Every condition that must hold, as [path, condition], $and flattened: for positional updates and upserts. */
  readonly conditions: ReadonlyArray<readonly [string, unknown]>;
}

/** Validates a filter and compiles it on first use. Throws CommandError for an unknown operator or a malformed argument. */
export function compileFilter(source: unknown): Filter {
  if (source !== undefined && !isDocument(source)) {
    throw new CommandError('TypeMismatch', 'Expected field filter to be of type object');
  }
  const spec = normalizeFilter(source ?? {});
  const conditions = flatten(spec);
  const equalities = conditions.flatMap(([path, condition]) => equalityOf(path, condition) ?? []);
  let query: Query<Doc> | undefined;
  return {
    equalities,
    conditions,
    isOneEquality: conditions.length === 1 && equalities.length === 1 && Object.keys(spec)[0] === equalities[0]?.path,
    test: (view) => {
      if (conditions.length === 0 && Object.keys(spec).length === 0) return true;
      query ??= translate(() => new Query<Doc>(spec, mingoOptions));
      const compiled = query;
      return translate(() => compiled.test(view));
    },
  };
}

/** A document of operators (`{$gt: 1}`), rather than a value to be equal to. */
export function isOperators(value: unknown): value is Doc {
  return isDocument(value) && (Object.keys(value)[0] ?? '').startsWith('$');
}

export function normalizeFilter(filter: Doc): Doc {
  const normal: Doc = {};
  for (const [name, condition] of Object.entries(filter)) {
    if (!name.startsWith('$')) normal[name] = normalizeCondition(condition);
    else if (name === '$and' || name === '$or' || name === '$nor') normal[name] = normalizeBranches(name, condition);
    else if (name === '$expr') {
      normal[name] = normalizeExpression(condition);
    } else if (name !== '$comment') {
      throw new CommandError(
        'BadValue',
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
    }
  }
  return normal;
}

function normalizeBranches(name: string, branches: unknown): Doc[] {
  if (!Array.isArray(branches)) throw new CommandError('BadValue', `${name} must be an array`);
  if (branches.length === 0) throw new CommandError('BadValue', `${name} must be a nonempty array`);
  return branches.map((branch) => {
    if (!isDocument(branch)) throw new CommandError('BadValue', `${name} argument's entries must be objects`);
    return normalizeFilter(branch);
  });
}

function normalizeCondition(condition: unknown): unknown {
  const pattern = toRegExp(condition);
  if (pattern) return pattern;
  if (!isOperators(condition)) return isDocument(condition) ? { $eq: condition } : condition;
  const normal: Doc = {};
  for (const [operator, argument] of Object.entries(condition)) {
    if (!FIELD_OPERATORS.has(operator)) throw new CommandError('BadValue', `unknown operator: ${operator}`);
    if (operator !== '$options') normal[operator] = normalizeArgument(operator, argument, condition);
  }
  return normal;
}

function normalizeArgument(operator: string, argument: unknown, { $options }: Doc): unknown {
  switch (operator) {
    case '$in':
    case '$nin':
    case '$all': {
      if (!Array.isArray(argument)) throw new CommandError('BadValue', `${operator} needs an array`);
      return argument.map((item) =>
        operator === '$all' && isOperators(item) ? normalizeCondition(item) : (toRegExp(item) ?? item),
      );
    }
    case '$not':
      if (!toRegExp(argument) && !isOperators(argument)) {
        throw new CommandError('BadValue', '$not needs a regex or a document');
      }
      return normalizeCondition(argument);
    case '$elemMatch':
      if (!isDocument(argument)) throw new CommandError('BadValue', '$elemMatch needs an Object');
      return isOperators(argument) && !['$and', '$or', '$nor'].includes(Object.keys(argument)[0] ?? '')
        ? normalizeCondition(argument)
        : normalizeFilter(argument);
    case '$size':
      if (!Number.isInteger(argument) || (argument as number) < 0) {
        throw new CommandError('BadValue', `Failed to parse $size. Expected a non-negative integer`);
      }
      return argument;
    case '$regex': {
      if (typeof argument !== 'string' && !toRegExp(argument)) {
        throw new CommandError('BadValue', '$regex has to be a string');
      }
      const source = typeof argument === 'string' ? argument : (toRegExp(argument)?.source ?? '');
      const flags = typeof $options === 'string' ? $options : (toRegExp(argument)?.flags ?? '');
      const unknown = [...flags].find((flag) => !'imsu'.includes(flag));
      if (unknown) throw new CommandError('BadValue', `invalid flag in regex options: ${unknown}`);
      return new RegExp(source, flags);
    }
    default:
      return argument;
  }
}

function flatten(spec: Doc): Array<readonly [string, unknown]> {
  return Object.entries(spec).flatMap(([name, condition]): Array<readonly [string, unknown]> => {
    if (name === '$and') return (condition as Doc[]).flatMap(flatten);
    return [[name, condition]];
  });
}

function equalityOf(path: string, condition: unknown): Equality | undefined {
  if (path.startsWith('$')) return undefined;
  const operators = isOperators(condition) ? condition : { $eq: condition };
  const values = Array.isArray(operators.$in) ? operators.$in : '$eq' in operators ? [operators.$eq] : undefined;
  const isAlone = Object.keys(operators).length === 1;
  return values && isAlone && values.every(isIndexable) ? { path, values } : undefined;
}

/** Null also matches missing fields, patterns match many values and arrays match twice: those are left to the scan. */
function isIndexable(value: unknown): boolean {
  return (
    value !== null &&
    value !== undefined &&
    !Array.isArray(value) &&
    typeOrder(value) !== 50 &&
    bsonTypeOf(value) !== 'DBRef'
  );
}

/** The first position in the array at `arrayPath` whose element fulfils a condition on that array: MongoDB's `$`. */
export function matchedPosition(filter: Filter, view: Doc, arrayPath: string): number | undefined {
  const array = arrayPath
    .split('.')
    .reduce<unknown>((value, part) => (isDocument(value) ? value[part] : undefined), view);
  if (!Array.isArray(array)) return undefined;
  for (const [path, condition] of filter.conditions) {
    if (path !== arrayPath && !path.startsWith(`${arrayPath}.`)) continue;
    const rest = path.slice(arrayPath.length + 1);
    const test = translate(
      () => new Query<Doc>({ [rest === '' ? 'element' : `element.${rest}`]: condition }, mingoOptions),
    );
    const position = array.findIndex((element) => translate(() => test.test({ element: [element] })));
    if (position >= 0) return position;
  }
  return undefined;
}
