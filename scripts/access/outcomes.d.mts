import type { IdDecision } from './decisions.mjs';
import type { AccessField, Rule } from './fields.mjs';

export interface MatrixViewer {
  readonly name: string;
  readonly anonymous: boolean;
  /** Whether what is named is his. */
  readonly owner: boolean;
  readonly role: string | null;
  readonly scopes: readonly string[];
}

/** `allowed`, a code of an error or of `userErrors`, or null: the field is null. */
export type Outcome = string | null;

export function outcomeOfRule(rule: Rule | null, viewer: MatrixViewer): 'allowed' | 'UNAUTHENTICATED' | 'FORBIDDEN';
export function outcomeOfThing(decision: IdDecision, viewer: MatrixViewer): Outcome;
export function outcomeOf(field: Pick<AccessField, 'key' | 'rule' | 'ids'>, viewer: MatrixViewer): Outcome;
export function viewersOf(roles: readonly string[], scopesOf: (roles: never[]) => readonly string[]): MatrixViewer[];
