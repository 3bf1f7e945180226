import type { Fault } from './subgraphs.mjs';

export interface CheckOptions {
  /** The commit whose API must not break. */
  readonly base?: string;
  /** Reads a file as it was in a commit; default: git. */
  readonly readAt?: (root: string, commit: string, path: string) => string | undefined;
}

export function checkSchema(root: string, options?: CheckOptions): Fault[];
