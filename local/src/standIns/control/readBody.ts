import { ControlFailure } from './controlFailure.js';

/** Typed access to a JSON body or a query; each reader throws ControlFailure (400) for a value of the wrong type. */
export interface Fields {
  text(name: string): string | undefined;
  /** A whole number within the bounds. */
  integer(name: string, bounds: { min: number; max: number }): number | undefined;
  flag(name: string): boolean | undefined;
  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined;
  texts(name: string): string[] | undefined;
  /** Fields whose name begins with `prefix`, without the prefix. */
  prefixed(prefix: string): Record<string, string>;
}

/** `known` lists all names that may occur (a name that ends in `.` is a prefix): others are refused. */
export function readFields(source: unknown, known: readonly string[]): Fields {
  const fields = asRecord(source);
  for (const name of Object.keys(fields)) {
    if (!known.some((it) => it === name || (it.endsWith('.') && name.startsWith(it)))) {
      throw new ControlFailure(400, `Unknown field ${name}; known are: ${known.join(', ')}.`);
    }
  }
  const wrong = (name: string, wanted: string): ControlFailure => new ControlFailure(400, `${name} must be ${wanted}.`);
  return {
    text(name) {
      const value = fields[name];
      if (value === undefined || value === null) return undefined;
      if (typeof value !== 'string') throw wrong(name, 'a text');
      return value;
    },
    integer(name, { min, max }) {
      const value = fields[name];
      if (value === undefined || value === null) return undefined;
      const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
        throw wrong(name, `a whole number from ${min} to ${max}`);
      }
      return number;
    },
    flag(name) {
      const value = fields[name];
      if (value === undefined || value === null) return undefined;
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw wrong(name, 'true or false');
    },
    oneOf(name, values) {
      const value = fields[name];
      if (value === undefined || value === null) return undefined;
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) throw wrong(name, `one of ${values.join(', ')}`);
      return found;
    },
    texts(name) {
      const value = fields[name];
      if (value === undefined || value === null) return undefined;
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
        throw wrong(name, 'a list of texts');
      return value;
    },
    prefixed: (prefix) =>
      Object.fromEntries(
        Object.entries(fields).flatMap(([name, value]) =>
          name.startsWith(prefix) && typeof value === 'string' ? [[name.slice(prefix.length), value]] : [],
        ),
      ),
  };
}

function asRecord(source: unknown): Record<string, unknown> {
  if (source === undefined || source === null) return {};
  if (typeof source !== 'object' || Array.isArray(source))
    throw new ControlFailure(400, 'The body must be a JSON object.');
  return source as Record<string, unknown>;
}
