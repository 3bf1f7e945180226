import { DEMO_PROMOTIONS } from './accounts.js';
import { expectAccepted, type Send, type UserError } from './graphqlRequest.js';

const LIST = '{ promotions(first: 100) { code } }';
const CREATE =
  'mutation ($input: PromotionInput!) { promotionCreate(input: $input) { userErrors { code message field } } }';

/** Creates the discount codes that are not there yet; answers how many. */
export async function seedPromotions(staff: Send): Promise<number> {
  const { promotions } = await staff<{ promotions: { code: string | null }[] }>(LIST);
  const known = new Set(promotions.map(({ code }) => code?.toUpperCase()));
  let created = 0;
  for (const input of DEMO_PROMOTIONS) {
    if (known.has(input.code)) continue;
    const { promotionCreate } = await staff<{ promotionCreate: { userErrors: UserError[] } }>(CREATE, { input });
    expectAccepted(`The promotion ${input.code}`, promotionCreate.userErrors);
    created += 1;
  }
  return created;
}
