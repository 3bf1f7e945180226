import { ObjectId, serialize } from 'bson';
import { CommandError } from './errors.js';
import { type Filter, matchedPosition } from './filter.js';
import { normalizePipeline, runPipeline } from './pipeline.js';
import { FIELD_UPDATES, type FieldOperator } from './updateOperators.js';
import { applyAt, elementFilters, equalFields, expandPath, rename } from './updatePaths.js';
import { canonicalKey, type Doc, decodeTyped, decodeView, isDocument, printValue, toView, typeName } from './values.js';

/** A validated update: field operators, a replacement, or a pipeline. */
export interface Update {
  readonly kind: 'operators' | 'replacement' | 'pipeline';
  /** New bytes of an existing document, equal to the old ones when nothing changes. Its _id can not change. */
  readonly apply: (bytes: Uint8Array, filter: Filter) => Uint8Array;
  /** The document that an upsert inserts; `typedFilter` is the filter with its numbers' BSON types kept. */
  readonly insert: (typedFilter: Doc) => Doc;
}

interface Change {
  readonly name: string;
  readonly operator: FieldOperator;
  readonly path: string;
  readonly argument: unknown;
}

const PIPELINE_UPDATES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceRoot', '$replaceWith']);

/** Compiles `u` of an update statement (typed). Throws CommandError for what MongoDB would refuse before touching a document. */
export function compileUpdate(source: unknown, arrayFilters: readonly Doc[] = []): Update {
  if (Array.isArray(source)) return pipelineUpdate(toView(source) as unknown[]);
  if (!isDocument(source)) {
    throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  }
  const hasOperators = Object.keys(source)[0]?.startsWith('$') === true;
  const stray = Object.keys(source).find((name) => name.startsWith('$') !== hasOperators);
  if (stray !== undefined) {
    throw hasOperators
      ? unknownModifier(stray)
      : new CommandError(
          'FailedToParse',
          `The dollar ($) prefixed field '${stray}' in '${stray}' is not allowed in the context of an update's replacement document.`,
        );
  }
  return hasOperators ? operatorUpdate(source, arrayFilters) : replacementUpdate(source);
}

const unknownModifier = (name: string): CommandError =>
  new CommandError(
    'FailedToParse',
    `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
  );

/** Keeps `_id`, which is always the first field, and refuses any other. */
function withId(oldId: unknown, changed: Doc): Doc {
  const { _id, ...fields } = changed;
  if (_id !== undefined && canonicalKey(_id) !== canonicalKey(oldId)) {
    throw new CommandError(
      'ImmutableField',
      `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${printValue(_id)}`,
    );
  }
  return { _id: oldId, ...fields };
}

function replacementUpdate(replacement: Doc): Update {
  return {
    kind: 'replacement',
    apply: (bytes) => serialize(withId(decodeTyped(bytes)._id, replacement)),
    insert: (typedFilter) => {
      const { _id = equalFields(typedFilter)._id ?? new ObjectId(), ...fields } = replacement;
      return { _id, ...fields };
    },
  };
}

function pipelineUpdate(source: unknown[]): Update {
  const pipeline = normalizePipeline(source);
  const stray = pipeline.map((stage) => Object.keys(stage)[0] ?? '').find((name) => !PIPELINE_UPDATES.has(name));
  if (stray !== undefined)
    throw new CommandError('InvalidOptions', `${stray} is not allowed to be used within an update`);
  const run = (typed: Doc): Doc => {
    const view = toView(typed) as Doc;
    const [result = {}] = runPipeline([toView(typed) as Doc], pipeline);
    return withId(typed._id, keepTypes(result, view, typed) as Doc);
  };
  return {
    kind: 'pipeline',
    apply: (bytes) => serialize(run(decodeTyped(bytes))),
    insert: (typedFilter) => {
      const { _id = new ObjectId(), ...fields } = equalFields(typedFilter);
      return run({ _id, ...fields });
    },
  };
}

/** Gives what a pipeline left unchanged its old BSON type back. */
function keepTypes(result: unknown, view: unknown, typed: unknown): unknown {
  if (canonicalKey(result) === canonicalKey(view)) return typed;
  if (!isDocument(result) || !isDocument(view) || !isDocument(typed)) return result;
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, keepTypes(value, view[name], typed[name])]),
  );
}

function operatorUpdate(source: Doc, arrayFilters: readonly Doc[]): Update {
  const changes: Change[] = [];
  const renames: Array<readonly [string, string]> = [];
  for (const [name, fields] of Object.entries(source)) {
    const operator = FIELD_UPDATES[name];
    if (!operator && name !== '$rename') throw unknownModifier(name);
    if (!isDocument(fields)) {
      throw new CommandError(
        'FailedToParse',
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${name}: ${printValue(fields)}}`,
      );
    }
    for (const [path, argument] of Object.entries(fields)) {
      if (operator) changes.push({ name, operator, path, argument });
      else if (typeof argument === 'string') renames.push([path, argument]);
      else
        throw new CommandError(
          'BadValue',
          `The 'to' field for $rename must be a string: ${path}: ${printValue(argument)}`,
        );
    }
  }
  refuseConflicts([...changes.map(({ path }) => path), ...renames.flat()]);
  const filters = elementFilters(
    arrayFilters,
    changes.map(({ path }) => path),
  );
  // MongoDB adds new fields in the order of their paths
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));

  const change = (doc: Doc, isInsert: boolean, positionOf: (arrayPath: string) => number | undefined): Doc => {
    const now = new Date();
    for (const { name, operator, path, argument } of changes) {
      if (name === '$setOnInsert' && !isInsert) continue;
      const context = { path, documentId: doc._id, now };
      for (const parts of expandPath(doc, path, positionOf, filters)) applyAt(doc, parts, operator, argument, context);
    }
    for (const [from, to] of renames) rename(doc, from, to, now);
    return doc;
  };
  return {
    kind: 'operators',
    apply: (bytes, filter) => {
      const doc = decodeTyped(bytes);
      const oldId = doc._id;
      const changed = change(doc, false, (arrayPath) => matchedPosition(filter, decodeView(bytes), arrayPath));
      if (canonicalKey(changed._id) !== canonicalKey(oldId)) {
        throw new CommandError(
          'ImmutableField',
          "Performing an update on the path '_id' would modify the immutable field '_id'",
        );
      }
      return serialize(changed);
    },
    insert: (typedFilter) => {
      const changed = change(equalFields(typedFilter), true, () => undefined);
      const { _id = new ObjectId(), ...fields } = changed;
      return { _id, ...fields };
    },
  };
}

function refuseConflicts(paths: readonly string[]): void {
  const sorted = [...paths].sort();
  for (const [i, path] of sorted.entries()) {
    const other = sorted.find((candidate, j) => j !== i && (candidate === path || candidate.startsWith(`${path}.`)));
    if (other !== undefined) {
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${other}' would create a conflict at '${path}'`,
      );
    }
    if (path === '' || path.split('.').includes('')) {
      throw new CommandError(
        'BadValue',
        `The update path '${path}' contains an empty field name, which is not allowed.`,
      );
    }
  }
}
