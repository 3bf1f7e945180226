/**
 * SQL that is true when the time in a column of milliseconds (`timestamptz(3)`) has come. The 2 ms are for `now()`, which such a column
 * rounds, half the time up: what was written as due now would not be due to a statement in the same millisecond.
 */
export const isDue = (column: string): string => `${column} <= now() + interval '2 milliseconds'`;
