/** Who a client journey is for; the folders of schema/operations, in the order of the sidebar. */
export const ROLES = ['guest', 'customer', 'staff', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A named client journey of schema/operations. */
export interface Operation {
  readonly role: Role;
  readonly name: string;
  readonly title: string;
  readonly kind: 'query' | 'mutation';
  readonly text: string;
  /** Example variables; text in double braces stands for something of the running shop. */
  readonly variables: Readonly<Record<string, unknown>>;
}
