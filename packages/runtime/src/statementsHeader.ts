/** Header of an answer outside production: statements sent to stores for this request, called services included. */
export const STATEMENTS_HEADER = 'x-souk-statements';
