declare module '*.css';

/** The client journeys of schema/operations, put in by scripts/build-console.mjs. */
declare module 'souk:operations' {
  import type { Operation } from './operation.js';

  export const operations: readonly Operation[];
}

/** File names of Monaco's workers by label, put in by scripts/build-console.mjs. */
declare const SOUK_WORKERS: Readonly<Record<'editor' | 'json' | 'graphql', string>>;
