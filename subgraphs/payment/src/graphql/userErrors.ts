import type { Refusal } from '../domain/refusal.js';
import type { ResolversTypes } from '../generated/graphql.js';

type UserErrorOut = Awaited<ResolversTypes['UserError']>;

/** The only place where refusals become user errors. */
export const userErrorsOf = (refusals: readonly Refusal[]): UserErrorOut[] =>
  refusals.map(({ code, message, field }) => ({ __typename: 'GenericError', code, message, field: field ?? null }));
