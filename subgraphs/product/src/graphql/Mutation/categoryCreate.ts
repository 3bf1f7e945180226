import type { MutationResolvers } from '../../generated/graphql.js';
import { categoryPayload } from '../payloads.js';

export const categoryCreate: NonNullable<MutationResolvers['categoryCreate']> = async (_parent, args, context) =>
  categoryPayload(await context.app.createCategory(args.input), ['input']);
