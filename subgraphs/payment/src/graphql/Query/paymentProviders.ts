import type { QueryResolvers } from '../../generated/graphql.js';

export const paymentProviders: NonNullable<QueryResolvers['paymentProviders']> = (
  _,
  { currencyCode, countryCode },
  { app },
) =>
  [...app.providers.values()]
    .filter((provider) => provider.available({ currencyCode, countryCode: countryCode ?? null, amountCents: null }))
    .map(({ code, name, publishableKey, savedMethods, captureMethod, byHand }) => ({
      code,
      name,
      publishableKey,
      supportsSavedMethods: savedMethods !== null,
      captureMethod,
      recordedByStaff: byHand !== undefined,
    }));
