import { Context } from 'mingo/core';
import { Lazy } from 'mingo/lazy';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import * as stages from 'mingo/operators/pipeline';
import * as projections from 'mingo/operators/projection';
import * as predicates from 'mingo/operators/query';
import * as windows from 'mingo/operators/window';
import { CommandError } from './errors.js';
import { sortDocuments } from './sort.js';
import { compareValues, type Doc, toRegExp, typeOrder, valuesAt } from './values.js';

type Test = (candidate: unknown) => boolean;
const NEVER = ['default', '$function', '$accumulator', '$where', '$out', '$merge'] as const;

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

/**
 * Comparisons are our own, so that types are bracketed, int64 and arrays compare and missing equals null exactly as in
 * MongoDB (and as the hash indexes see it). The other predicates, all expressions and all stages are mingo's.
 */
type Comparison = '$eq' | '$ne' | '$in' | '$nin' | '$gt' | '$gte' | '$lt' | '$lte';
const comparisons: Record<Comparison, typeof predicates.$eq> = {
  $eq: (selector: string, expected: unknown) => anyValue(selector, equals(expected)),
  $ne: (selector: string, expected: unknown) => not(anyValue(selector, equals(expected))),
  $in: (selector: string, expected: unknown) => anyValue(selector, within(expected as unknown[])),
  $nin: (selector: string, expected: unknown) => not(anyValue(selector, within(expected as unknown[]))),
  $gt: ordered((comparison) => comparison > 0),
  $gte: ordered((comparison) => comparison >= 0),
  $lt: ordered((comparison) => comparison < 0),
  $lte: ordered((comparison) => comparison <= 0),
};
const not =
  (test: (view: unknown) => boolean) =>
  (view: unknown): boolean =>
    !test(view);

/** The operators of one of mingo's modules (which are CommonJS, hence `default`); code sent by clients is never run. */
function operatorsOf<T extends Record<string, unknown>>(module: T): Omit<T, 'default' | (typeof NEVER)[number]> {
  const operators: Record<string, unknown> = { ...module };
  for (const name of NEVER) delete operators[name];
  return operators as Omit<T, 'default' | (typeof NEVER)[number]>;
}

const sortStage: typeof stages.$sort = (source, spec) => Lazy(sortDocuments(source.collect<Doc>(), spec));

/** Stages that read. $out and $merge write past the indexes and the journal: refused. */
export const STAGES = { ...operatorsOf(stages), $sort: sortStage };

const PREDICATES = { ...operatorsOf(predicates), ...comparisons };
const OPERATORS = {
  projection: operatorsOf(projections),
  expression: operatorsOf(expressions),
  accumulator: operatorsOf(accumulators),
  window: operatorsOf(windows),
};
export const mingoOptions = {
  context: Context.init({ query: PREDICATES, pipeline: STAGES, ...OPERATORS }),
  scriptEnabled: false,
};

/** Operators that may be applied to a field in a filter. */
export const FIELD_OPERATORS: ReadonlySet<string> = new Set(
  [...Object.keys(PREDICATES), '$options'].filter(
    (name) => !['$and', '$or', '$nor', '$expr', '$jsonSchema'].includes(name),
  ),
);
/** Operators that may stand in an expression, an accumulator or a projection. */
export const EXPRESSION_OPERATORS: ReadonlySet<string> = new Set(
  Object.values(OPERATORS).flatMap((group) => Object.keys(group)),
);

/** mingo's complaints about a query are the client's mistake, not ours. */
export function translate<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CommandError || !(error instanceof Error)) throw error;
    throw new CommandError('BadValue', error.message);
  }
}
