import type { $eq } from 'mingo/operators/query';
import { Query } from 'mingo/query';
import { CommandError } from './errors.js';
import { compareValues, type Doc, isDocument, numericOf, toRegExp, typeName, typeOrder, valuesAt } from './values.js';

type Test = (candidate: unknown) => boolean;

/** A field predicate over what the path reaches; arrays match by themselves or by any of their elements. */
const anyValue = (selector: string, test: Test) => {
  const parts = selector.split('.');
  return (view: unknown): boolean =>
    valuesAt(view, parts).some((value) => test(value) || (Array.isArray(value) && value.some(test)));
};
const equals = (expected: unknown): Test => {
  return (value) => typeOrder(value) === typeOrder(expected) && compareValues(value, expected) === 0;
};
const within = (expected: readonly unknown[]): Test => {
  const tests = expected.map((item) => {
    const pattern = toRegExp(item);
    return pattern ? (value: unknown) => typeof value === 'string' && pattern.test(value) : equals(item);
  });
  return (value) => tests.some((test) => test(value));
};
const ordered =
  (accept: (comparison: number) => boolean) =>
  (selector: string, expected: unknown): ((view: unknown) => boolean) =>
    anyValue(
      selector,
      (value) =>
        typeOrder(value) === typeOrder(expected) &&
        accept(compareValues(value, expected)) &&
        !isNaNPair(value, expected),
    );
/** NaN equals only NaN, and is on neither side of any other number. */
const isNaNPair = (a: unknown, b: unknown): boolean => Number.isNaN(a) !== Number.isNaN(b) && typeof a === typeof b;

const not =
  (test: (view: unknown) => boolean) =>
  (view: unknown): boolean =>
    !test(view);

const TYPE_NUMBERS: Readonly<Record<number, string>> = {
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  17: 'timestamp',
};
const TYPE_NAMES: ReadonlySet<string> = new Set([...Object.values(TYPE_NUMBERS), 'number']);

function hasType(wanted: unknown): Test {
  const names = (Array.isArray(wanted) ? wanted : [wanted]).map((type) => TYPE_NUMBERS[type as number] ?? type);
  const unknown = names.find((name) => !TYPE_NAMES.has(name));
  if (unknown !== undefined) {
    throw new CommandError('NotImplemented', `$type ${String(unknown)} is not supported by this store`);
  }
  return (value) => names.includes(numericOf(value) === undefined ? typeName(value) : 'number');
}

type OwnPredicate =
  | ('$eq' | '$ne' | '$in' | '$nin' | '$gt' | '$gte' | '$lt' | '$lte')
  | ('$all' | '$elemMatch' | '$exists' | '$mod' | '$size' | '$type');
type Predicate = typeof $eq;

/** The values themselves that a path reaches, arrays as a whole. */
const wholeValues = (selector: string, test: Test) => {
  const parts = selector.split('.');
  return (view: unknown): boolean => valuesAt(view, parts).some(test);
};

const elemMatch: Predicate = (selector, criteria, options) => {
  const onValue = isDocument(criteria) && /^\$(?!and|or|nor)/.test(Object.keys(criteria)[0] ?? '');
  const query = new Query(onValue ? { element: criteria } : (criteria as Doc), options);
  const test: Test = onValue
    ? (element) => query.test({ element: Array.isArray(element) ? [element] : element })
    : (element) => isDocument(element) && query.test(element);
  return wholeValues(selector, (value) => Array.isArray(value) && value.some(test));
};

/**
 * Predicates that are ours instead of mingo's, so that types are bracketed, int64 and arrays compare and missing equals
 * null exactly as in MongoDB (and as the hash indexes see it).
 */
export const ownPredicates: Record<OwnPredicate, Predicate> = {
  $eq: (selector, expected) => anyValue(selector, equals(expected)),
  $ne: (selector, expected) => not(anyValue(selector, equals(expected))),
  $in: (selector, expected) => anyValue(selector, within(expected as unknown[])),
  $nin: (selector, expected) => not(anyValue(selector, within(expected as unknown[]))),
  $gt: ordered((comparison) => comparison > 0),
  $gte: ordered((comparison) => comparison >= 0),
  $lt: ordered((comparison) => comparison < 0),
  $lte: ordered((comparison) => comparison <= 0),
  $all: (selector, expected, options) => {
    const tests = (expected as unknown[]).map((item) =>
      isDocument(item) && isDocument(item.$elemMatch)
        ? elemMatch(selector, item.$elemMatch, options)
        : anyValue(selector, within([item])),
    );
    return (view) => tests.length > 0 && tests.every((test) => test(view));
  },
  $elemMatch: elemMatch,
  $exists: (selector, expected) => {
    const exists = wholeValues(selector, (value) => value !== undefined);
    return expected ? exists : not(exists);
  },
  $size: (selector, expected) => wholeValues(selector, (value) => Array.isArray(value) && value.length === expected),
  $mod: (selector, expected) => {
    const [divisor, remainder] = (expected as unknown[]).map((part) => Math.trunc(Number(numericOf(part))));
    return anyValue(selector, (value) => {
      const number = numericOf(value);
      return number !== undefined && Math.trunc(Number(number)) % (divisor as number) === remainder;
    });
  },
  $type: (selector, expected) => anyValue(selector, hasType(expected)),
};
