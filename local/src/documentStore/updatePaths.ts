import { CommandError } from './errors.js';
import { compileFilter, isOperators } from './filter.js';
import { type FieldContext, type FieldOperator, REMOVE, UNTOUCHED } from './updateOperators.js';
import { type Doc, isDocument, printValue, toView, typeName } from './values.js';

/** Predicates of `arrayFilters` by identifier. */
export type ElementFilters = ReadonlyMap<string, (element: unknown) => boolean>;

/** Throws FailedToParse for a filter that no path refers to. */
export function elementFilters(arrayFilters: readonly Doc[], paths: readonly string[]): ElementFilters {
  const filters = new Map<string, (element: unknown) => boolean>();
  for (const spec of arrayFilters) {
    const [identifier = ''] = (compileFilter(spec).conditions[0]?.[0] ?? '').split('.');
    if (!paths.some((path) => path.split('.').includes(`$[${identifier}]`))) {
      throw new CommandError(
        'FailedToParse',
        `The array filter for identifier '${identifier}' was not used in the update`,
      );
    }
    const filter = compileFilter(spec);
    filters.set(identifier, (element) => filter.test({ [identifier]: toView(element) }));
  }
  return filters;
}

/** The concrete paths that `$`, `$[]` and `$[name]` stand for in this document. */
export function expandPath(
  doc: Doc,
  path: string,
  positionOf: (arrayPath: string) => number | undefined,
  filters: ElementFilters,
): string[][] {
  let paths: Array<{ parts: string[]; value: unknown }> = [{ parts: [], value: doc }];
  for (const part of path.split('.')) {
    paths = paths.flatMap(({ parts, value }) => {
      if (part === '$') {
        const position = positionOf(parts.join('.'));
        if (position === undefined) {
          throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.');
        }
        return [{ parts: [...parts, String(position)], value: child(value, String(position)) }];
      }
      const identifier = /^\$\[(.*)\]$/.exec(part)?.[1];
      if (identifier === undefined) return [{ parts: [...parts, part], value: child(value, part) }];
      const test = identifier === '' ? () => true : filters.get(identifier);
      if (!test)
        throw new CommandError('BadValue', `No array filter found for identifier '${identifier}' in path '${path}'`);
      if (!Array.isArray(value)) {
        throw new CommandError(
          'BadValue',
          `The path '${parts.join('.')}' must exist in the document in order to apply array updates.`,
        );
      }
      return value.flatMap((element, i) => (test(element) ? [{ parts: [...parts, String(i)], value: element }] : []));
    });
  }
  return paths.map(({ parts }) => parts);
}

function child(value: unknown, part: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(part) ? value[Number(part)] : undefined;
  return isDocument(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}

/** Runs one operator on one concrete path, making the documents on the way when the operator creates fields. */
export function applyAt(
  doc: Doc,
  parts: readonly string[],
  operator: FieldOperator,
  argument: unknown,
  context: FieldContext,
): void {
  let container: Doc | unknown[] = doc;
  for (const [i, part] of parts.entries()) {
    const isViable = Array.isArray(container) ? /^\d+$/.test(part) : true;
    if (!isViable) {
      if (!operator.creates) return;
      throw notViable(part, parts[i - 1] ?? '', container);
    }
    const current = child(container, part);
    if (i === parts.length - 1) {
      if (current === undefined && !operator.creates) return;
      store(container, part, operator.apply(current, argument, context));
      return;
    }
    if (current === undefined && !operator.creates) return;
    const next: unknown = current ?? (current === undefined ? {} : current);
    if (!isDocument(next) && !Array.isArray(next)) {
      if (!operator.creates) return;
      throw notViable(parts[i + 1] ?? '', part, next);
    }
    if (current === undefined) store(container, part, next);
    container = next;
  }
}

const notViable = (field: string, parent: string, value: unknown): CommandError =>
  new CommandError('PathNotViable', `Cannot create field '${field}' in element {${parent}: ${printValue(value)}}`);

function store(container: Doc | unknown[], part: string, value: unknown): void {
  if (value === UNTOUCHED) return;
  if (!Array.isArray(container)) {
    if (value === REMOVE) delete container[part];
    else Object.defineProperty(container, part, { value, writable: true, enumerable: true, configurable: true });
    return;
  }
  const index = Number(part);
  if (index > container.length + 1_500_000)
    throw new CommandError('BadValue', `can't backfill more than 1500000 elements`);
  while (container.length < index) container.push(null);
  container[index] = value === REMOVE ? null : value;
}

/** `$rename`: moves a field's value; nothing happens when the field is missing. */
export function rename(doc: Doc, from: string, to: string, now: Date): void {
  const parts = from.split('.');
  const value = parts.reduce<unknown>((current, part) => child(current, part), doc);
  if (value === undefined) return;
  applyAt(doc, parts, { creates: false, apply: () => REMOVE }, null, { path: from, documentId: doc._id, now });
  applyAt(doc, to.split('.'), { creates: true, apply: () => value }, null, { path: to, documentId: doc._id, now });
}

/** The fields that a filter says are equal to something: what an upsert starts from. */
export function equalFields(typedFilter: Doc): Doc {
  const doc: Doc = {};
  const visit = (filter: Doc): void => {
    for (const [path, condition] of Object.entries(filter)) {
      if (path === '$and' && Array.isArray(condition)) condition.filter(isDocument).forEach(visit);
      if (path.startsWith('$')) continue;
      if (isOperators(condition) && !('$eq' in condition)) continue;
      const value = isOperators(condition) ? condition.$eq : condition;
      if (value === undefined || typeName(value) === 'regex') continue;
      applyAt(doc, path.split('.'), { creates: true, apply: () => value }, null, {
        path,
        documentId: undefined,
        now: new Date(0),
      });
    }
  };
  visit(typedFilter);
  return doc;
}
