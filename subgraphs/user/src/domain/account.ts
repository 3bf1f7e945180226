export type Role = 'CUSTOMER' | 'SUPPORT' | 'CATALOGUE_MANAGER' | 'STAFF' | 'ADMIN';

/** Why an account was disabled; OWNER: by its owner. */
export type DeactivationReason = 'OWNER' | 'FRAUD' | 'ABUSE' | 'SECURITY' | 'REQUESTED' | 'OTHER';

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
  /** When and why it was disabled; null while it is active. */
  readonly deactivatedAt: Date | null;
  readonly deactivationReason: DeactivationReason | null;
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
  /** Whether a second factor is switched on. */
  readonly secondFactor: boolean;
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
