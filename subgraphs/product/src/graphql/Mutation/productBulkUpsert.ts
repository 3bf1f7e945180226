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
      replayed: false,
      userErrors: userErrors(result.errors),
    };
  }
  const { created, updated, unchanged, replayed, errors } = result.value;
  return {
    acceptedCount: created + updated + unchanged,
    createdCount: created,
    updatedCount: updated,
    unchangedCount: unchanged,
    replayed,
    userErrors: userErrors(errors),
  };
};
