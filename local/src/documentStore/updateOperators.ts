import { Double, Int32, Long, Timestamp } from 'bson';
import { CommandError } from './errors.js';
import { compileFilter, isOperators } from './filter.js';
import { sortBy } from './sort.js';
import {
  bsonTypeOf,
  canonicalKey,
  compareValues,
  type Doc,
  isDocument,
  numericOf,
  printValue,
  toView,
  typeName,
} from './values.js';

/** What an operator makes of a field: a value, or one of these two. */
export const REMOVE: unique symbol = Symbol('remove the field');
export const UNTOUCHED: unique symbol = Symbol('leave the field as it is');

export interface FieldContext {
  readonly path: string;
  readonly documentId: unknown;
  readonly now: Date;
}
export interface FieldOperator {
  /** Whether a missing field (and the documents on the way to it) is created. */
  readonly creates: boolean;
  /** `current` is undefined when the field is missing. All values are typed: numbers are bson's wrappers. */
  readonly apply: (current: unknown, argument: unknown, context: FieldContext) => unknown;
}

const isInsideInt32 = (value: bigint): boolean => value >= -(2n ** 31n) && value < 2n ** 31n;
const isInteger = (value: unknown): boolean => bsonTypeOf(value) === 'Int32' || bsonTypeOf(value) === 'Long';

/** MongoDB's arithmetic: int32 widens to int64, doubles win over both, an int64 overflow is an error. */
function arithmetic(
  name: string,
  current: unknown,
  argument: unknown,
  combine: <T extends number | bigint>(a: T, b: T) => T,
): unknown {
  if (bsonTypeOf(current) === 'Decimal128' || bsonTypeOf(argument) === 'Decimal128') {
    throw new CommandError('NotImplemented', `${name} on decimal values is not supported by this store`);
  }
  if (!isInteger(current) || !isInteger(argument)) {
    return new Double(combine(Number(numericOf(current)), Number(numericOf(argument))));
  }
  const result = combine(BigInt(numericOf(current) ?? 0), BigInt(numericOf(argument) ?? 0));
  if (result < -(2n ** 63n) || result >= 2n ** 63n) {
    throw new CommandError(
      'BadValue',
      `Failed to apply ${name} operations to current value: the result does not fit in 64 bits`,
    );
  }
  const stays32 = bsonTypeOf(current) === 'Int32' && bsonTypeOf(argument) === 'Int32' && isInsideInt32(result);
  return stays32 ? new Int32(Number(result)) : Long.fromBigInt(result);
}

function numberOperator(
  name: string,
  verb: string,
  missing: (argument: unknown) => unknown,
  combine: <T extends number | bigint>(a: T, b: T) => T,
): FieldOperator {
  return {
    creates: true,
    apply: (current, argument, { path, documentId }) => {
      if (numericOf(argument) === undefined) {
        throw new CommandError(
          'TypeMismatch',
          `Cannot ${verb} with non-numeric argument: {${path}: ${printValue(argument)}}`,
        );
      }
      if (current === undefined) return missing(argument);
      if (numericOf(current) === undefined) {
        const field = path.split('.').at(-1);
        throw new CommandError(
          'TypeMismatch',
          `Cannot apply ${name} to a value of non-numeric type. {_id: ${printValue(documentId)}} has the field '${field}' of non-numeric type ${typeName(current)}`,
        );
      }
      return arithmetic(name, current, argument, combine);
    },
  };
}

const zeroLike = (argument: unknown): unknown =>
  bsonTypeOf(argument) === 'Double' ? new Double(0) : bsonTypeOf(argument) === 'Long' ? Long.ZERO : new Int32(0);

function itemsOf(argument: unknown, operator: string): { items: unknown[]; modifiers: Doc } {
  if (!isDocument(argument) || !('$each' in argument)) return { items: [argument], modifiers: {} };
  if (!Array.isArray(argument.$each)) {
    throw new CommandError(
      'BadValue',
      `The argument to $each in ${operator} must be an array but it was of type ${typeName(argument.$each)}`,
    );
  }
  return { items: argument.$each, modifiers: argument };
}

const push: FieldOperator = {
  creates: true,
  apply: (current, argument, { path, documentId }) => {
    if (current !== undefined && !Array.isArray(current)) {
      throw new CommandError(
        'BadValue',
        `The field '${path}' must be an array but is of type ${typeName(current)} in document {_id: ${printValue(documentId)}}`,
      );
    }
    const { items, modifiers } = itemsOf(argument, '$push');
    const unknown = Object.keys(modifiers).find((name) => !['$each', '$position', '$slice', '$sort'].includes(name));
    if (unknown) throw new CommandError('BadValue', `Unrecognized clause in $push: ${unknown}`);
    const result = [...(current ?? [])];
    result.splice(integerOf(modifiers.$position, '$position') ?? result.length, 0, ...items);
    const sorted = modifiers.$sort === undefined ? result : sortElements(result, toView(modifiers.$sort));
    const slice = integerOf(modifiers.$slice, '$slice');
    if (slice === undefined) return sorted;
    return slice < 0 ? sorted.slice(slice) : sorted.slice(0, slice);
  },
};

function integerOf(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  const number = numericOf(value);
  if (!Number.isInteger(number))
    throw new CommandError(
      'BadValue',
      `The value for ${name} must be an integer value but was given type: ${typeName(value)}`,
    );
  return Number(number);
}

function sortElements(elements: unknown[], order: unknown): unknown[] {
  const spec = isDocument(order)
    ? Object.fromEntries(Object.entries(order).map(([path, value]) => [`element.${path}`, value]))
    : { element: order };
  return sortBy(elements, spec, (element) => ({ element }));
}

function pullWhere(name: string, matches: (argument: unknown) => (element: unknown) => boolean): FieldOperator {
  return {
    creates: false,
    apply: (current, argument) => {
      if (!Array.isArray(current)) throw new CommandError('BadValue', `Cannot apply ${name} to a non-array value`);
      const test = matches(argument);
      return current.filter((element) => !test(element));
    },
  };
}

const equalsOne = (items: readonly unknown[]): ((element: unknown) => boolean) => {
  const keys = new Set(items.map(canonicalKey));
  return (element) => keys.has(canonicalKey(element));
};

function matchesPull(argument: unknown): (element: unknown) => boolean {
  if (isDocument(argument) && !isOperators(argument)) {
    const filter = compileFilter(toView(argument));
    return (element) => isDocument(element) && filter.test(toView(element) as Doc);
  }
  const filter = compileFilter({ element: toView(argument) });
  return (element) => filter.test({ element: toView(element) });
}

function limit(wins: (comparison: number) => boolean): FieldOperator {
  return {
    creates: true,
    apply: (current, argument) =>
      current === undefined || wins(compareValues(argument, current)) ? argument : UNTOUCHED,
  };
}

/** The update operators that this store knows, except $rename, which is two fields' business. */
export const FIELD_UPDATES: Readonly<Record<string, FieldOperator>> = {
  $set: { creates: true, apply: (_current, argument) => argument },
  $setOnInsert: { creates: true, apply: (_current, argument) => argument },
  $unset: { creates: false, apply: () => REMOVE },
  $inc: numberOperator(
    '$inc',
    'increment',
    (argument) => argument,
    (a, b) => ((a as number) + (b as number)) as typeof a,
  ),
  $mul: numberOperator('$mul', 'multiply', zeroLike, (a, b) => ((a as number) * (b as number)) as typeof a),
  $min: limit((comparison) => comparison < 0),
  $max: limit((comparison) => comparison > 0),
  $currentDate: {
    creates: true,
    apply: (_current, argument, { now }) => {
      const type = isDocument(argument) ? argument.$type : argument === true ? 'date' : undefined;
      if (type === 'date') return now;
      if (type === 'timestamp') return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
      throw new CommandError(
        'BadValue',
        `The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}`,
      );
    },
  },
  $push: push,
  $addToSet: {
    creates: true,
    apply: (current, argument, { path }) => {
      if (current !== undefined && !Array.isArray(current)) {
        throw new CommandError(
          'BadValue',
          `Cannot apply $addToSet to non-array field. Field named '${path.split('.').at(-1)}' has non-array type ${typeName(current)}`,
        );
      }
      const result = [...(current ?? [])];
      const known = new Set(result.map(canonicalKey));
      for (const item of itemsOf(argument, '$addToSet').items) {
        const key = canonicalKey(item);
        if (!known.has(key)) result.push(item);
        known.add(key);
      }
      return result;
    },
  },
  $pop: {
    creates: false,
    apply: (current, argument, { path }) => {
      if (!Array.isArray(current))
        throw new CommandError(
          'TypeMismatch',
          `Path '${path}' contains an element of non-array type '${typeName(current)}'`,
        );
      const end = numericOf(argument);
      if (end !== 1 && end !== -1)
        throw new CommandError('FailedToParse', `$pop expects 1 or -1, found: ${printValue(argument)}`);
      return end === 1 ? current.slice(0, -1) : current.slice(1);
    },
  },
  $pull: pullWhere('$pull', matchesPull),
  $pullAll: pullWhere('$pullAll', (argument) => {
    if (!Array.isArray(argument))
      throw new CommandError('BadValue', `$pullAll requires an array argument but was given a ${typeName(argument)}`);
    return equalsOne(argument);
  }),
};
