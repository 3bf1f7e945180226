import { Aggregator } from 'mingo/aggregator';
import { CommandError } from './errors.js';
import { normalizeExpression, normalizeProjection } from './expression.js';
import { normalizeFilter } from './filter.js';
import { mingoOptions, STAGES, translate } from './operators.js';
import { type Doc, isDocument } from './values.js';

/** Refuses unknown or malformed stages and unknown operators inside them, before any document is looked at. */
export function normalizePipeline(pipeline: unknown): Doc[] {
  if (!Array.isArray(pipeline)) {
    throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  }
  return pipeline.map((stage: unknown) => {
    const [name, ...more] = isDocument(stage) ? Object.keys(stage) : [];
    if (!isDocument(stage) || name === undefined || more.length > 0) {
      throw new CommandError('Location40323', 'A pipeline stage specification object must contain exactly one field.');
    }
    if (name === '$changeStream') {
      throw new CommandError('Location40573', 'The $changeStream stage is only supported on replica sets');
    }
    if (!Object.hasOwn(STAGES, name)) {
      throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
    }
    return { [name]: normalizeStage(name, stage[name]) };
  });
}

function normalizeStage(name: string, argument: unknown): unknown {
  if (name === '$documents' || !isDocument(argument)) return normalizeExpression(argument);
  if (name === '$project') return normalizeProjection(argument);
  if (name === '$match') return normalizeFilter(argument);
  if (name === '$facet') {
    return Object.fromEntries(
      Object.entries(argument).map(([facet, pipeline]) => [facet, normalizePipeline(pipeline)]),
    );
  }
  const { pipeline, ...others } = argument;
  const isNested = (name === '$lookup' || name === '$unionWith') && pipeline !== undefined;
  return isNested
    ? { ...(normalizeExpression(others) as Doc), pipeline: normalizePipeline(pipeline) }
    : normalizeExpression(argument);
}

/** Runs a normalized pipeline. The documents handed in may be changed by it: they must not be stored state. */
export function runPipeline(documents: Doc[], pipeline: Doc[], collectionOf?: (name: string) => Doc[]): Doc[] {
  const options = { ...mingoOptions, ...(collectionOf && { collectionResolver: collectionOf }) };
  return translate(() => new Aggregator(pipeline, options).run<Doc>(documents));
}
