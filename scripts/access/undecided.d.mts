import type { Fault, Subgraph } from '../schema/subgraphs.mjs';
import type { EntityDecision, IdDecision } from './decisions.mjs';
import type { AccessField } from './fields.mjs';

export interface Decisions {
  readonly IDS: Readonly<Record<string, IdDecision>>;
  readonly OWN: readonly string[];
  readonly ENTITIES: Readonly<Record<string, EntityDecision>>;
}

export function undecidedFaults(subgraphs: readonly Subgraph[], decisions?: Decisions): Fault[];
export function needsDecision(field: Pick<AccessField, 'hidden' | 'rule'>): boolean;
