/** Whose thing an id names, and what everybody else gets. */
export type IdDecision =
  | {
      readonly kind: 'theirs';
      readonly thing: string;
      /** Code of `userErrors`; null: the field is null. */
      readonly refusal: string | null;
      /** What a guest gets, where it is something else. */
      readonly guest?: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'open'; readonly thing: string }
  | { readonly kind: 'partOf'; readonly argument: string; readonly thing: string; readonly refusal: string }
  | { readonly kind: 'position' }
  | { readonly kind: 'staff'; readonly scopes: readonly string[] };

export interface EntityDecision {
  readonly whole?: IdDecision;
  readonly fields: Readonly<Record<string, IdDecision>>;
}

export const IDS: Readonly<Record<string, IdDecision>>;
export const OWN: readonly string[];
export const ENTITIES: Readonly<Record<string, EntityDecision>>;
