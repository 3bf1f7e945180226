import { serialize } from 'bson';
import { CommandError } from '../errors.js';
import { compileFilter } from '../filter.js';
import { normalizePipeline, runPipeline } from '../pipeline.js';
import { type Doc, decodeView, isDocument, numericOf } from '../values.js';
import { type Command, collectionName, natural } from './command.js';
import { select } from './select.js';

/**
 * `aggregate`: the leading $match, $sort, $skip and $limit go through the indexes like a find (and answer stored bytes
 * when there is nothing else); the rest is mingo's, on documents decoded for it.
 */
export const aggregate: Command = {
  fields: ['pipeline', 'cursor', 'allowDiskUse', 'hint', 'collation', 'bypassDocumentValidation'],
  run: (call) => {
    const { store, db, command } = call;
    if (!isDocument(command.cursor)) {
      throw new CommandError(
        'FailedToParse',
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    }
    const name = collectionName(call, 'aggregate');
    const pipeline = normalizePipeline(command.pipeline);
    const { selection, rest } = splitPipeline(pipeline);
    const entries = select(store.find(db, name), {
      ...selection,
      filter: compileFilter(selection.filter),
      hint: command.hint,
    });
    const batch = (documents: Uint8Array[]) =>
      store.cursors.first(`${db}.${name}`, documents, natural(command.cursor as Doc, 'batchSize'));
    if (rest.length === 0) return batch(entries.map(({ bytes }) => bytes));
    const counted = countOnly(rest);
    if (counted) return batch(entries.length === 0 ? [] : [serialize({ ...counted, n: entries.length })]);
    const collectionOf = (from: string): Doc[] =>
      [...(store.find(db, from)?.entries.values() ?? [])].map(({ bytes }) => decodeView(bytes));
    return batch(
      runPipeline(
        entries.map(({ bytes }) => decodeView(bytes)),
        rest,
        collectionOf,
      ).map((document) => serialize(document)),
    );
  },
};

interface LeadingStages {
  filter: Doc;
  sort?: unknown;
  skip?: number;
  limit?: number;
}

function splitPipeline(pipeline: Doc[]): { selection: LeadingStages; rest: Doc[] } {
  const selection: LeadingStages = { filter: {} };
  const matches: Doc[] = [];
  let taken = 0;
  for (const stage of pipeline) {
    const { sort, skip, limit } = selection;
    if (isDocument(stage.$match) && sort === undefined && skip === undefined && limit === undefined)
      matches.push(stage.$match);
    else if (stage.$sort !== undefined && sort === undefined && skip === undefined && limit === undefined)
      selection.sort = stage.$sort;
    else if (stage.$skip !== undefined && skip === undefined && limit === undefined)
      selection.skip = stageNumber('$skip', stage.$skip, 0);
    else if (stage.$limit !== undefined && limit === undefined)
      selection.limit = stageNumber('$limit', stage.$limit, 1);
    else break;
    taken += 1;
  }
  selection.filter = matches.length > 1 ? { $and: matches } : (matches[0] ?? {});
  return { selection, rest: pipeline.slice(taken) };
}

function stageNumber(stage: string, value: unknown, least: number): number {
  const number = Number(numericOf(value));
  if (!Number.isInteger(number) || number < least) {
    throw new CommandError('BadValue', `invalid argument to ${stage} stage: Expected an integer of at least ${least}`);
  }
  return number;
}

/** The driver's countDocuments ends in `{$group: {_id: 1, n: {$sum: 1}}}`, which needs no document at all. */
function countOnly([stage, ...more]: Doc[]): { _id: unknown } | undefined {
  const group = stage?.$group;
  if (more.length > 0 || !isDocument(group) || Object.keys(group).sort().join() !== '_id,n') return undefined;
  const isConstant = group._id === null || typeof group._id === 'number';
  return isConstant && isDocument(group.n) && group.n.$sum === 1 ? { _id: group._id } : undefined;
}
