import type { QueryResolvers } from '../../generated/graphql.js';

const MAX_SUGGESTIONS = 20;

export const searchSuggest: NonNullable<QueryResolvers['searchSuggest']> = async (_parent, args, context) => {
  const limit = Math.min(Math.max(args.limit ?? 8, 0), MAX_SUGGESTIONS);
  const suggestions = await context.app.suggest(context.reads, args.query.slice(0, 100), limit);
  return suggestions.map((suggestion) =>
    'category' in suggestion
      ? { text: suggestion.category.name, category: suggestion.category, product: null }
      : { text: suggestion.product.name, category: null, product: context.views.product(suggestion.product) },
  );
};
