/** Between the user service, which ends sessions, and the gateways, which must know before an access token has run out. */
export const VOID_TOKENS = {
  /** Channel: `<id> <milliseconds>` for each. */
  channel: 'souk:auth:void',
  /** Key of one, whose value is the milliseconds; it lives as long as an access token may. */
  key: (id: string): string => `souk:auth:void:${id}`,
} as const;
