import type { CatalogueError } from '../domain/errors.js';

export interface UserErrorView {
  readonly __typename: 'GenericError';
  readonly code: CatalogueError['code'];
  readonly message: string;
  readonly field: readonly string[] | null;
}

/** Refusals as the graph shows them; `prefix` is the name of the argument that their fields belong to. */
export function userErrors(errors: readonly CatalogueError[], prefix: readonly string[] = []): UserErrorView[] {
  return errors.map((error) => ({
    __typename: 'GenericError',
    code: error.code,
    message: messageOf(error),
    field: error.field.length > 0 || prefix.length > 0 ? [...prefix, ...error.field] : null,
  }));
}

function messageOf(error: CatalogueError): string {
  switch (error.code) {
    case 'REQUIRED':
    case 'NOT_FOUND':
      return error.what;
    case 'INVALID':
      return error.rule;
    case 'CONFLICT':
      return error.reason;
    case 'SLUG_TAKEN':
      return `The slug "${error.slug}" is taken.`;
    case 'SKU_TAKEN':
      return `These SKUs are taken: ${error.skus.join(', ')}.`;
    case 'VERSION_CONFLICT':
      return `The product was changed meanwhile: it has version ${error.actual}, not ${error.expected}.`;
    case 'CATEGORY_CYCLE':
      return 'A category cannot be moved below itself.';
    case 'NEGATIVE_STOCK':
      return `Not that much is there: ${error.onHand} on hand, ${error.reserved} of them reserved for orders.`;
  }
}
