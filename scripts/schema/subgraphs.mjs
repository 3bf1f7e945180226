import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Kind, parse, Source } from 'graphql';

/** A fault in authored SDL or in an operation: `where` is a path with a line, as editors open it. */
/** @typedef {{ where: string, message: string }} Fault */
/** @typedef {{ name: string, file: string, document: import('graphql').DocumentNode }} Subgraph */

/** Thrown when a file is not GraphQL at all. */
export class SchemaFileError extends Error {
  constructor(file, line, message) {
    super(`${file}:${line}: ${message}`);
    this.fault = { where: `${file}:${line}`, message };
  }
}

/** Parses a file; its name stays on every node, so that later faults can say where they are. */
export function parseFile(path, displayName = path) {
  try {
    return parse(new Source(readFileSync(path, 'utf8'), displayName));
  } catch (error) {
    throw new SchemaFileError(displayName, error.locations?.[0]?.line ?? 1, error.message);
  }
}

/**
 * Every authored subgraph of a directory, `_shared.graphql` in front of each.
 * The documents are joined as syntax trees and not as text, so that line numbers stay those of the files.
 * @returns {Subgraph[]}
 */
export function readSubgraphs(directory) {
  const shared = parseFile(join(directory, '_shared.graphql'), `${basename(directory)}/_shared.graphql`);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.graphql') && file !== '_shared.graphql')
    .sort()
    .map((file) => {
      const displayName = `${basename(directory)}/${file}`;
      const own = parseFile(join(directory, file), displayName);
      return {
        name: basename(file, '.graphql'),
        file: displayName,
        document: { kind: Kind.DOCUMENT, definitions: [...shared.definitions, ...own.definitions] },
      };
    });
}

/** `file:line` of a node that was parsed from a file. */
export function placeOf(node, fallback) {
  const location = node?.loc;
  return location ? `${location.source.name}:${location.startToken.line}` : fallback;
}
