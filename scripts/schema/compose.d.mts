import type { Fault, Subgraph } from './subgraphs.mjs';

export type Composed =
  | { readonly ok: true; readonly supergraph: string; readonly api: string }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export function compose(subgraphs: readonly Subgraph[]): Composed;
export function stripAccessFeatures(supergraphSdl: string): string;
