import { randomUUID } from 'node:crypto';
import { createShopper, type Sent, type Shopper } from '../../local/src/shopper.js';

interface Account {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

/** The shop of this test run: compiled processes with demo data, shared by all test files. */
export interface Shop {
  readonly urls: Readonly<Record<string, string>>;
  /** Variables of the services, secrets and database URLs among them. */
  readonly env: Readonly<Record<string, string>>;
  readonly accounts: readonly Account[];
  /** The folder of the shop of this run; `logs/` has a file for each process, at the level debug. */
  readonly dataDir?: string;
}

/** The whole shop; the first test to ask waits for its start. */
export async function shopOfRun(): Promise<Shop> {
  const response = await fetch(`${process.env.SOUK_TEST_STORES}/shop`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Shop;
}

/** A shopper signed in with the demo account of this role. */
export async function signedIn(shop: Shop, role: string): Promise<Shopper> {
  const account = shop.accounts.find((candidate) => candidate.role === role);
  if (!account) throw new Error(`there is no demo ${role}`);
  const shopper = createShopper(shop.urls.graphql as string);
  const session = await shopper.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', {
    email: account.email,
    password: account.password,
  });
  shopper.setToken(session.data.sessionCreate.accessToken);
  return shopper;
}

export const uniqueEmail = (name = 'guest') => `${name}-${randomUUID()}@test.example`;

export interface Created {
  readonly productId: string;
  readonly slug: string;
  readonly variantId: string;
}

/** An active product of its own for a test, with this many units in stock. */
export async function createProduct(
  staff: Shopper,
  o: { onHand: number; centAmount?: number; name?: string },
): Promise<Created> {
  const slug = `test-${randomUUID()}`;
  interface Answer {
    productCreate: { product: { id: string; slug: string; variants: { id: string }[] } };
  }
  const sent: Sent<Answer> = await staff.send<Answer>('ProductCreate', {
    input: {
      name: o.name ?? 'Test lamp',
      slug,
      status: 'ACTIVE',
      variants: [
        {
          sku: slug,
          name: 'One size',
          price: { centAmount: o.centAmount ?? 1_999, currencyCode: 'EUR' },
          onHand: o.onHand,
        },
      ],
    },
  });
  const product = sent.data.productCreate.product;
  return { productId: product.id, slug: product.slug, variantId: product.variants[0]?.id as string };
}

interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly categories: readonly string[];
  readonly customArgs: Record<string, string>;
}

/** What the stand-in's mailbox holds for an address. */
export async function mailsTo(shop: Shop, email: string): Promise<Mail[]> {
  const response = await fetch(`${shop.urls.standIns}/control/mail?bodies=true&to=${encodeURIComponent(email)}`);
  return ((await response.json()) as { mails: Mail[] }).mails;
}
