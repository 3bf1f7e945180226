import { type BSONRegExp, type Decimal128, type DeserializeOptions, deserialize, type Long } from 'bson';

/** A BSON document as plain JavaScript. "Typed" documents keep Int32, Double and Long as bson's wrappers; views do not. */
export type Doc = Record<string, unknown>;

const VIEW: DeserializeOptions = { bsonRegExp: true };
const TYPED: DeserializeOptions = { bsonRegExp: true, promoteValues: false };

/** What mingo and the indexes read: numbers are JavaScript numbers (an int64 beyond 2^53 stays a Long). */
export const decodeView = (bytes: Uint8Array): Doc => deserialize(bytes, VIEW);
/** What updates work on: encoding it again gives every value its old BSON type. */
export const decodeTyped = (bytes: Uint8Array): Doc => deserialize(bytes, TYPED);

/** Whether the value is an embedded document, rather than an array, a scalar or one of bson's value classes. */
export function isDocument(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export const bsonTypeOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? (value as { _bsontype?: string })._bsontype : undefined;

/** The number that a BSON number of any kind stands for; undefined for everything else. */
export function numericOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') return value;
  switch (bsonTypeOf(value)) {
    case 'Int32':
    case 'Double':
      return (value as { value: number }).value;
    case 'Long': {
      const exact = (value as Long).toBigInt();
      return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
    }
    case 'Decimal128':
      return Number((value as Decimal128).toString());
    default:
      return undefined;
  }
}

/** The same tree with bson's number wrappers replaced by JavaScript numbers: typed document → view. */
export function toView(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toView);
  if (isDocument(value)) return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, toView(child)]));
  if (bsonTypeOf(value) === 'Decimal128') return value;
  const number = numericOf(value);
  return typeof number === 'bigint' ? value : (number ?? value);
}

/** A JavaScript regular expression for a BSON one. Built here because bson's own promotion turns flag s into g. */
export function toRegExp(value: unknown): RegExp | undefined {
  if (value instanceof RegExp) return value;
  if (bsonTypeOf(value) !== 'BSONRegExp') return undefined;
  const { pattern, options } = value as BSONRegExp;
  return new RegExp(pattern, [...options].filter((flag) => 'ims'.includes(flag)).join(''));
}

/** What an empty array counts as in a sort and in an index: less than null. */
export const EMPTY_ARRAY: unique symbol = Symbol('empty array');

/** MongoDB's comparison order of types; values of one number compare with each other in range queries. */
export function typeOrder(value: unknown): number {
  if (value === undefined || value === null) return 5;
  switch (typeof value) {
    case 'number':
      return 10;
    case 'string':
      return 15;
    case 'boolean':
      return 40;
    case 'symbol':
      return 0;
  }
  if (Array.isArray(value)) return 25;
  if (value instanceof Date) return 45;
  switch (bsonTypeOf(value)) {
    case 'MinKey':
      return -1;
    case 'Int32':
    case 'Double':
    case 'Long':
    case 'Decimal128':
      return 10;
    case 'BSONSymbol':
      return 15;
    case 'Binary':
      return 30;
    case 'ObjectId':
      return 35;
    case 'Timestamp':
      return 47;
    case 'BSONRegExp':
      return 50;
    case 'MaxKey':
      return 127;
    default:
      return value instanceof RegExp ? 50 : 20;
  }
}

const sign = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** MongoDB's total order over values: negative, zero or positive. Missing and null are equal; field order matters. */
export function compareValues(a: unknown, b: unknown): number {
  const order = typeOrder(a);
  const difference = order - typeOrder(b);
  if (difference !== 0) return difference;
  switch (order) {
    case 10:
      return compareNumbers(numericOf(a) ?? 0, numericOf(b) ?? 0);
    case 15:
      return sign(String(a), String(b));
    case 20:
      return compareDocuments(a as Doc, b as Doc);
    case 25: {
      const [left, right] = [a as unknown[], b as unknown[]];
      for (let i = 0; i < Math.min(left.length, right.length); i++) {
        const result = compareValues(left[i], right[i]);
        if (result !== 0) return result;
      }
      return left.length - right.length;
    }
    case 40:
    case 45:
      return sign(Number(a), Number(b));
    default:
      return sign(canonicalKey(a), canonicalKey(b));
  }
}

function compareDocuments(a: Doc, b: Doc): number {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [[nameA, valueA], [nameB, valueB]] = [left[i] as [string, unknown], right[i] as [string, unknown]];
    const result = typeOrder(valueA) - typeOrder(valueB) || sign(nameA, nameB) || compareValues(valueA, valueB);
    if (result !== 0) return result;
  }
  return left.length - right.length;
}

/** A string that two values share exactly when MongoDB calls them equal: the key of every hash index. */
export function canonicalKey(value: unknown): string {
  if (value === undefined || value === null) return 'z';
  if (typeof value === 'string') return `s${value}`;
  if (value === EMPTY_ARRAY) return 'e';
  if (typeof value === 'boolean') return value ? 'b1' : 'b0';
  if (value instanceof Date) return `d${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(framedKey).join('')}]`;
  const number = numericOf(value);
  if (number !== undefined) {
    const digits = bsonTypeOf(value) === 'Decimal128' ? String(value) : '';
    return digits.replace(/E.*|\D/g, '').length > 15 ? `nd${digits}` : `n${Object.is(number, -0) ? 0 : number}`;
  }
  switch (bsonTypeOf(value)) {
    case 'ObjectId':
      return `o${(value as { toHexString(): string }).toHexString()}`;
    case 'Binary': {
      const { sub_type, buffer, position } = value as { sub_type: number; buffer: Uint8Array; position: number };
      return `x${String(position).padStart(9, '0')}:${sub_type}:${Buffer.from(buffer.subarray(0, position)).toString('hex')}`;
    }
    case 'Timestamp':
      return `t${(value as { toBigInt(): bigint }).toBigInt().toString().padStart(20, '0')}`;
    case 'BSONRegExp':
      return `r${(value as BSONRegExp).pattern}/${(value as BSONRegExp).options}`;
    case undefined:
      if (value instanceof RegExp) return `r${value.source}/${value.flags}`;
      return `{${Object.entries(value)
        .map(([key, child]) => framedKey(key) + framedKey(child))
        .join('')}}`;
    default:
      return `${bsonTypeOf(value)}${JSON.stringify(value)}`;
  }
}

/** Length first, so that no content can imitate a boundary. */
function framedKey(value: unknown): string {
  const key = canonicalKey(value);
  return `${key.length}:${key}`;
}

/** Every value that a dotted path reaches, through arrays as MongoDB's queries go; undefined where a field is missing. */
export function valuesAt(root: unknown, parts: readonly string[]): unknown[] {
  const found: unknown[] = [];
  collect(root, parts, 0, found);
  return found;
}

function collect(value: unknown, parts: readonly string[], depth: number, found: unknown[]): void {
  const part = parts[depth];
  if (part === undefined) {
    found.push(value);
  } else if (Array.isArray(value)) {
    const index = /^\d+$/.test(part) ? Number(part) : -1;
    if (index >= 0 && index < value.length) collect(value[index], parts, depth + 1, found);
    for (const element of value) if (isDocument(element)) collect(element, parts, depth, found);
  } else if (isDocument(value)) {
    collect(Object.hasOwn(value, part) ? value[part] : undefined, parts, depth + 1, found);
  } else {
    found.push(undefined);
  }
}

/** An array stands for its elements in sorts and indexes, an empty one for less than null; anything else for itself. */
export const elementsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value.length > 0 ? value : [EMPTY_ARRAY]) : [value];

/** How MongoDB's own messages print a value. */
export function printValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(printValue).join(', ')} ]`;
  if (isDocument(value)) {
    const fields = Object.entries(value).map(([key, child]) => `${key}: ${printValue(child)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  if (bsonTypeOf(value) === 'ObjectId') return `ObjectId('${String(value)}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  return value === undefined ? 'null' : String(numericOf(value) ?? value);
}

/** The alias of a value's BSON type, as error messages name it. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return value === null ? 'null' : 'missing';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 'int' : 'double';
  if (typeof value === 'string') return 'string';
  const names: Record<string, string> = {
    Int32: 'int',
    Double: 'double',
    Long: 'long',
    Decimal128: 'decimal',
    ObjectId: 'objectId',
    Binary: 'binData',
    Timestamp: 'timestamp',
    BSONRegExp: 'regex',
  };
  return names[bsonTypeOf(value) ?? ''] ?? 'object';
}
