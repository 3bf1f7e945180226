import { type Credentials, seedAccounts, signIn } from './seedAccounts.js';
import { seedCatalogue } from './seedCatalogue.js';
import { seedPromotions } from './seedPromotions.js';

export { DEMO_ACCOUNTS, DEMO_ADDRESSES, DEMO_PROMOTIONS } from './accounts.js';
export { generateCatalogue } from './generateCatalogue.js';

export interface Seeded {
  readonly categories: number;
  readonly products: number;
  readonly promotions: number;
  readonly accounts: number;
  readonly elapsedMs: number;
}

/**
 * Fills a shop through its public API, as its staff would: accounts, categories, products with stock, discount codes.
 * Repeating it changes nothing and takes a second. Answers what was made. Throws with the operation and the request id
 * when the shop refuses something.
 */
export async function seedDemoData(options: {
  readonly gatewayUrl: string;
  readonly admin: Credentials;
  readonly log: (line: string) => void;
}): Promise<Seeded> {
  const { gatewayUrl, log } = options;
  const start = Date.now();
  const admin = await signIn(gatewayUrl, options.admin);
  const [{ created: accounts }, { categories, products }, promotions] = await Promise.all([
    seedAccounts(gatewayUrl, admin),
    seedCatalogue(admin, log),
    seedPromotions(admin),
  ]);
  const elapsedMs = Date.now() - start;
  log(
    `demo data: ${products} products, ${categories} categories, ${promotions} promotions and ${accounts} accounts made in ${(elapsedMs / 1_000).toFixed(1)} s`,
  );
  return { categories, products, promotions, accounts, elapsedMs };
}
