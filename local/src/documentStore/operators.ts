import { Context, evalExpr } from 'mingo/core';
import { Lazy } from 'mingo/lazy';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import * as stages from 'mingo/operators/pipeline';
import * as projections from 'mingo/operators/projection';
import * as predicates from 'mingo/operators/query';
import * as windows from 'mingo/operators/window';
import { CommandError } from './errors.js';
import { ownPredicates } from './predicates.js';
import { sortDocuments } from './sort.js';
import { type Doc, isDocument } from './values.js';

const NEVER = ['default', '$function', '$accumulator', '$where', '$out', '$merge'] as const;

/** The operators of one of mingo's modules (which are CommonJS, hence `default`); code sent by clients is never run. */
function operatorsOf<T extends Record<string, unknown>>(module: T): Omit<T, 'default' | (typeof NEVER)[number]> {
  const operators: Record<string, unknown> = { ...module };
  for (const name of NEVER) delete operators[name];
  return operators as Omit<T, 'default' | (typeof NEVER)[number]>;
}

const sortStage: typeof stages.$sort = (source, spec) => Lazy(sortDocuments(source.collect<Doc>(), spec));

/** Sets a field as MongoDB does: through documents, and in every element of an array on the way. */
function setField(target: unknown, [part, ...rest]: readonly string[], value: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(target)) return target.map((element) => setField(element, [part, ...rest], value));
  const { [part]: current, ...others } = isDocument(target) ? target : ({} as Doc);
  if (rest.length === 0 && value === undefined) return others;
  const next = setField(current, rest, value);
  return isDocument(target) && Object.hasOwn(target, part) ? { ...target, [part]: next } : { ...others, [part]: next };
}

/** Ours instead of mingo's, which does not go into arrays. All values are computed from the document as it was. */
const setStage: typeof stages.$addFields = (source, fields, options) =>
  source.map((document: Doc) => {
    const values = Object.entries(fields).map(
      ([path, expression]) => [path, evalExpr(document, expression, options)] as const,
    );
    return values.reduce<unknown>((result, [path, value]) => setField(result, path.split('.'), value), document);
  });

/** Stages that read. $out and $merge write past the indexes and the journal: refused. */
export const STAGES = { ...operatorsOf(stages), $sort: sortStage, $addFields: setStage, $set: setStage };

const PREDICATES = { ...operatorsOf(predicates), ...ownPredicates };
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
