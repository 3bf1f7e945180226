/** Expected refusals of the catalogue, as data. `field` is the path into the mutation's input. */
export type CatalogueError =
  | { readonly code: 'REQUIRED'; readonly field: readonly string[]; readonly what: string }
  | { readonly code: 'INVALID'; readonly field: readonly string[]; readonly rule: string }
  | { readonly code: 'NOT_FOUND'; readonly field: readonly string[]; readonly what: string }
  | { readonly code: 'SLUG_TAKEN'; readonly field: readonly string[]; readonly slug: string }
  | { readonly code: 'SKU_TAKEN'; readonly field: readonly string[]; readonly skus: readonly string[] }
  | {
      readonly code: 'VERSION_CONFLICT';
      readonly field: readonly string[];
      readonly expected: number;
      readonly actual: number;
    }
  | { readonly code: 'CATEGORY_CYCLE'; readonly field: readonly string[] }
  | { readonly code: 'CONFLICT'; readonly field: readonly string[]; readonly reason: string }
  | {
      readonly code: 'NEGATIVE_STOCK';
      readonly field: readonly string[];
      readonly onHand: number;
      readonly reserved: number;
    };

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly CatalogueError[] };

export const done = <T>(value: T): Result<T> => ({ ok: true, value });
export const refused = (
  ...errors: CatalogueError[]
): { readonly ok: false; readonly errors: readonly CatalogueError[] } => ({
  ok: false,
  errors,
});
