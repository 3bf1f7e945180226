import type { QueryResolvers } from '../../generated/graphql.js';

export const paymentProviders: NonNullable<QueryResolvers['paymentProviders']> = (_, { currencyCode }, { app }) =>
  [...app.providers.values()]
    .filter((provider) => provider.supports(currencyCode))
    .map(({ code, name, publishableKey }) => ({ code, name, publishableKey }));
