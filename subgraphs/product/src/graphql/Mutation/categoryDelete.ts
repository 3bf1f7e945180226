import type { MutationResolvers } from '../../generated/graphql.js';
import { categoryPayload } from '../payloads.js';

export const categoryDelete: NonNullable<MutationResolvers['categoryDelete']> = async (_parent, args, context) =>
  categoryPayload(await context.app.deleteCategory(args.id), []);
