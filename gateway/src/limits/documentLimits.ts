import { type DocumentNode, type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from './operationFields.js';

export interface DocumentLimits {
  readonly maxTokens: number;
  /** Levels of fields below the root. */
  readonly maxDepth: number;
  /** Aliased fields, those of fragments counted at each place where they are spread. */
  readonly maxAliases: number;
  /** Directives on fields, fragments and the operation itself. */
  readonly maxDirectives: number;
  /** Fields with arguments or selections that stand in one selection under one name again; validation compares each with each. */
  readonly maxRepeats: number;
  /** Fragments in the document, and places where they are spread: validation compares them, too. */
  readonly maxSpreads: number;
}

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Measure = { depth: 0, aliases: 0, directives: 0 };
const KEPT_TEXTS = 1_000;
const MAX_KEPT_LENGTH = 10_000;

/**
 * What is too much in a text, undefined when nothing is. Judged before validation, which takes seconds for some documents of a few
 * thousand tokens; known texts cost one look. A text that cannot be parsed is left to the server's own answer.
 */
export function createDocumentCheck(limits: DocumentLimits): (text: string) => string | undefined {
  const kept = new Set<string>();
  return (text) => {
    if (kept.has(text)) return undefined;
    let document: DocumentNode;
    try {
      document = parse(text, { noLocation: true, maxTokens: limits.maxTokens });
    } catch {
      return undefined;
    }
    const fault = documentFault(document, limits);
    if (fault === undefined && text.length <= MAX_KEPT_LENGTH) {
      if (kept.size >= KEPT_TEXTS) kept.delete(kept.values().next().value as string);
      kept.add(text);
    }
    return fault;
  };
}

/**
 * Says which limit a document is beyond: nested too deeply, a field under many aliases (a hundred logins in one request), directives
 * by the dozen, repetitions. Each fragment is measured once, so measuring costs no more than the length of the document.
 */
export function documentFault(document: DocumentNode, limits: DocumentLimits): string | undefined {
  const fragments = fragmentsOf(document);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const measured = new Map<string, Measure>();
  let repeats = 0;
  let spreads = fragments.size;

  function fragment(name: string): Measure {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, NOTHING); // a cycle ends here; validation refuses it
    const measure = selections(fragments.get(name)?.selectionSet, new Set());
    measured.set(name, measure);
    return measure;
  }

  /** @param seen names of fields in this selection so far; inline fragments are part of it */
  function selections(set: SelectionSetNode | undefined, seen: Set<string>): Measure {
    let depth = 0;
    let aliases = 0;
    let directives = 0;
    for (const node of set?.selections ?? []) {
      let inner: Measure;
      if (node.kind === Kind.FIELD) {
        if (isRepeated(node, seen)) repeats += 1;
        const below = selections(node.selectionSet, new Set());
        inner = { ...below, depth: below.depth + 1, aliases: below.aliases + (node.alias ? 1 : 0) };
      } else if (node.kind === Kind.FRAGMENT_SPREAD) {
        spreads += 1;
        inner = fragment(node.name.value);
      } else {
        inner = selections(node.selectionSet, seen);
      }
      depth = Math.max(depth, inner.depth);
      aliases += inner.aliases;
      directives += inner.directives + (node.directives?.length ?? 0);
    }
    return { depth, aliases, directives };
  }

  for (const name of fragments.keys()) fragment(name); // validation looks at all of them, spread or not
  for (const node of operations) {
    const { depth, aliases, directives: inside } = selections(node.selectionSet, new Set());
    const directives = inside + (node.directives?.length ?? 0);
    if (depth > limits.maxDepth) {
      return `The operation is nested ${depth} levels deep; at most ${limits.maxDepth} are allowed (limit maxDepth).`;
    }
    if (aliases > limits.maxAliases) {
      return `The operation has ${aliases} aliases; at most ${limits.maxAliases} are allowed (limit maxAliases).`;
    }
    if (directives > limits.maxDirectives) {
      return `The operation has ${directives} directives; at most ${limits.maxDirectives} are allowed (limit maxDirectives).`;
    }
  }
  if (repeats > limits.maxRepeats) {
    return `The document repeats ${repeats} fields; at most ${limits.maxRepeats} are allowed (limit maxRepeats).`;
  }
  if (spreads > limits.maxSpreads) {
    return `The document has ${spreads} fragments and spreads; at most ${limits.maxSpreads} are allowed (limit maxSpreads).`;
  }
  return undefined;
}

function isRepeated(node: FieldNode, seen: Set<string>): boolean {
  const isPlain = node.selectionSet === undefined && (node.arguments?.length ?? 0) === 0;
  if (isPlain) return false;
  const name = node.alias?.value ?? node.name.value;
  if (seen.has(name)) return true;
  seen.add(name);
  return false;
}
