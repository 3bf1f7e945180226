import type { Account, DeactivationReason, Role } from '../domain/account.js';

interface AddressJson {
  id: string;
  full_name: string;
  company: string | null;
  street_line_1: string;
  street_line_2: string | null;
  city: string;
  region: string | null;
  postal_code: string | null;
  country_code: string;
  phone: string | null;
}

/** A row of `account` with its addresses, as `pg` answers it. */
export interface AccountRow {
  id: string;
  email: string;
  email_verified_at: Date | null;
  is_active: boolean;
  deactivated_at: Date | null;
  deactivation_reason: DeactivationReason | null;
  roles: Role[];
  first_name: string | null;
  last_name: string | null;
  phone: string | null;
  locale: string | null;
  default_shipping_id: string | null;
  default_billing_id: string | null;
  sequence: number;
  created_at: Date;
  second_factor: boolean;
  addresses: AddressJson[] | null;
}

/** The columns that make an {@link AccountRow}, of the alias `a`. */
export const ACCOUNT_COLUMNS = `a.id, a.email, a.email_verified_at, a.is_active, a.deactivated_at, a.deactivation_reason, a.roles::text[] AS roles, a.first_name, a.last_name,
  a.phone, a.locale, a.default_shipping_id, a.default_billing_id, a.sequence, a.created_at,
  EXISTS (SELECT 1 FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) AS second_factor,
  (SELECT json_agg(d ORDER BY d.id) FROM address d WHERE d.account_id = a.id) AS addresses`;

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    isActive: row.is_active,
    deactivatedAt: row.deactivated_at,
    deactivationReason: row.deactivation_reason,
    roles: row.roles,
    firstName: row.first_name,
    lastName: row.last_name,
    phone: row.phone,
    locale: row.locale,
    defaultShippingId: row.default_shipping_id,
    defaultBillingId: row.default_billing_id,
    sequence: row.sequence,
    createdAt: row.created_at,
    secondFactor: row.second_factor,
    addresses: (row.addresses ?? []).map((address) => ({
      id: address.id,
      address: {
        fullName: address.full_name,
        company: address.company,
        streetLine1: address.street_line_1,
        streetLine2: address.street_line_2,
        city: address.city,
        region: address.region,
        postalCode: address.postal_code,
        countryCode: address.country_code,
        phone: address.phone,
      },
    })),
  };
}
