/**
 * Apollo's packages report usage to their vendor unless this is set before they are first imported. It is the one
 * import with a side effect outside the mains, and `index.ts` imports it first.
 */
process.env.APOLLO_TELEMETRY_DISABLED = '1';
