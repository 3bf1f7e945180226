import type { OperationFile } from './operations.mjs';

export function persistedOperations(operations: readonly OperationFile[]): string;
