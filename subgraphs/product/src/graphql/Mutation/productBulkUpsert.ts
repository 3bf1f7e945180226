import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrors } from '../userErrors.js';

export const productBulkUpsert: NonNullable<MutationResolvers['productBulkUpsert']> = async (
  _parent,
  args,
  context,
) => {
  const result = await context.app.bulkUpsertProducts(args.input, args.idempotencyKey);
  if (!result.ok) {
    return {
      acceptedCount: 0,
      createdCount: 0,
      updatedCount: 0,
      unchangedCount: 0,
      userErrors: userErrors(result.errors),
    };
  }
  const { created, updated, unchanged, errors } = result.value;
  return {
    acceptedCount: created + updated + unchanged,
    createdCount: created,
    updatedCount: updated,
    unchangedCount: unchanged,
    userErrors: userErrors(errors),
  };
};
