import type { MutationResolvers } from '../../generated/graphql.js';
import { categoryPayload } from '../payloads.js';

export const categoryUpdate: NonNullable<MutationResolvers['categoryUpdate']> = async (_parent, args, context) =>
  categoryPayload(await context.app.updateCategory(args.id, args.input), ['input']);
