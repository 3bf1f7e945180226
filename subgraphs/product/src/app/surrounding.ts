/** What use cases take from the world besides stores: time and new ids. */
export interface Surrounding {
  readonly now: () => Date;
  readonly newProductId: () => string;
  readonly newVariantId: () => string;
  readonly newCategoryId: () => string;
}
