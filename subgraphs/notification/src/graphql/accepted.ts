import type { ErrorCode } from '../generated/graphql.js';

/** The payload of a mutation that only says whether it will happen. */
export const accepted = { accepted: true, userErrors: [] };

export const refused = (code: ErrorCode, message: string) => ({
  accepted: false,
  userErrors: [{ __typename: 'GenericError' as const, code, message, field: ['id'] }],
});
