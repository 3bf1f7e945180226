export type Role = 'CUSTOMER' | 'STAFF' | 'ADMIN';

export interface PostalAddress {
  readonly fullName: string;
  readonly company: string | null;
  readonly streetLine1: string;
  readonly streetLine2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string;
  readonly phone: string | null;
}

export interface AccountAddress {
  readonly id: string;
  readonly address: PostalAddress;
}

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly isActive: boolean;
  readonly roles: readonly Role[];
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly addresses: readonly AccountAddress[];
  readonly defaultShippingId: string | null;
  readonly defaultBillingId: string | null;
  /** Number of its last event. */
  readonly sequence: number;
  readonly createdAt: Date;
}

export interface Session {
  readonly id: string;
  readonly userAgent: string | null;
  readonly ip: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

export const MAX_ADDRESSES = 50;
