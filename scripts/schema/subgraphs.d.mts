import type { ASTNode, DocumentNode } from 'graphql';

/** A fault in authored SDL or in an operation: `where` is a path with a line, as editors open it. */
export interface Fault {
  readonly where: string;
  readonly message: string;
}

export interface Subgraph {
  readonly name: string;
  readonly file: string;
  readonly document: DocumentNode;
}

export class SchemaFileError extends Error {
  constructor(file: string, line: number, message: string);
  readonly fault: Fault;
}

export function parseFile(path: string, displayName?: string): DocumentNode;
export function readSubgraphs(directory: string): Subgraph[];
export function placeOf(node: ASTNode | undefined, fallback: string): string;
