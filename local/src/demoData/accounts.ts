/** Who can sign in to a demo shop. Made up, and public on purpose: demo data is never loaded in production. */
export const DEMO_ACCOUNTS = {
  admin: { email: 'admin@souk.example', password: 'demo-Admin-2026', firstName: 'Ada', lastName: 'Okafor' },
  staff: { email: 'staff@souk.example', password: 'demo-Staff-2026', firstName: 'Sam', lastName: 'Lindholm' },
  support: { email: 'support@souk.example', password: 'demo-Support-2026', firstName: 'Mina', lastName: 'Haddad' },
  catalogue: {
    email: 'catalogue@souk.example',
    password: 'demo-Catalogue-2026',
    firstName: 'Jonas',
    lastName: 'Weber',
  },
  customer: { email: 'customer@souk.example', password: 'demo-Customer-2026', firstName: 'Nora', lastName: 'Berger' },
} as const;

/** The customer's address book. */
export const DEMO_ADDRESSES = [
  {
    input: {
      fullName: 'Nora Berger',
      streetLine1: 'Lindenstraße 14',
      city: 'Berlin',
      postalCode: '10969',
      countryCode: 'DE',
      phone: '+493012345678',
    },
    defaultFor: ['SHIPPING', 'BILLING'],
  },
  {
    input: {
      fullName: 'Nora Berger',
      company: 'Berger Illustration',
      streetLine1: 'Hinterhof 3, 2. OG',
      streetLine2: 'Wienerstraße 52',
      city: 'Wien',
      postalCode: '1030',
      countryCode: 'AT',
    },
    defaultFor: [],
  },
  {
    input: {
      fullName: 'Hélène Berger',
      streetLine1: '8 rue des Lilas',
      city: 'Lyon',
      postalCode: '69003',
      countryCode: 'FR',
    },
    defaultFor: [],
  },
] as const;

/** Discount codes to try at the checkout. */
export const DEMO_PROMOTIONS = [
  { name: 'Welcome: 10 % off', code: 'WELCOME10', kind: 'PERCENT_OFF_ORDER', value: 10, isActive: true },
  {
    name: '5 € off from 40 €',
    code: 'FIVER',
    kind: 'AMOUNT_OFF_ORDER',
    amount: { centAmount: 500, currencyCode: 'EUR' },
    minSubtotal: { centAmount: 4_000, currencyCode: 'EUR' },
    isActive: true,
  },
  {
    name: 'Free shipping from 25 €',
    code: 'FREESHIP',
    kind: 'FREE_SHIPPING',
    minSubtotal: { centAmount: 2_500, currencyCode: 'EUR' },
    isActive: true,
  },
] as const;
