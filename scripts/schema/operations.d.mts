import type { DocumentNode } from 'graphql';
import type { Fault } from './subgraphs.mjs';

export interface OperationFile {
  readonly role: string;
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly title: string | undefined;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export function readOperations(directory: string): OperationFile[];
export function operationFaults(operations: readonly OperationFile[], apiSdl: string): Fault[];
