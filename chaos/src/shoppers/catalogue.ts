import type { Random } from '@souk/local/demoData/random';
import type { Patient } from './patient.js';

/** What is for sale in a chaos run: plenty of some, too few of others, and codes that may be used a few times only. */
export interface Catalogue {
  readonly plenty: readonly string[];
  /** Variants that more shoppers want than there are units. */
  readonly scarce: readonly string[];
  readonly codes: readonly string[];
}

/** Makes products and codes for so many purchases; a code and a scarce product runs out in the middle of the run. */
export async function stockShelves(staff: Patient, purchases: number, random: Random): Promise<Catalogue> {
  const product = async (name: string, onHand: number): Promise<string> => {
    const slug = `chaos-${name}`;
    const sent = await staff.send<{ productCreate: { product: { variants: { id: string }[] } } }>('ProductCreate', {
      input: {
        name: `Chaos ${name}`,
        slug,
        status: 'ACTIVE',
        variants: [
          {
            sku: slug,
            name: 'One size',
            price: { centAmount: random.between(500, 9_999), currencyCode: 'EUR' },
            onHand,
          },
        ],
      },
    });
    const variant = sent.productCreate.product.variants[0];
    if (variant === undefined) throw new Error(`product ${slug} has no variant`);
    return variant.id;
  };
  const code = async (name: string, worth: object, usageLimit: number): Promise<string> => {
    await staff.send('PromotionCreate', { input: { name, code: name, ...worth, usageLimit, isActive: true } });
    return name;
  };
  const plenty: string[] = [];
  for (let n = 0; n < 6; n += 1) plenty.push(await product(`plenty-${n}`, purchases * 10));
  const scarce: string[] = [];
  for (let n = 0; n < 4; n += 1) scarce.push(await product(`scarce-${n}`, Math.max(2, Math.floor(purchases / 40))));
  const few = Math.max(2, Math.floor(purchases / 40));
  const codes = [
    await code('CHAOS-TEN', { kind: 'PERCENT_OFF_ORDER', value: 10 }, few),
    await code('CHAOS-FIVE', { kind: 'AMOUNT_OFF_ORDER', amount: { centAmount: 300, currencyCode: 'EUR' } }, few),
    await code('CHAOS-ONCE', { kind: 'PERCENT_OFF_ORDER', value: 15 }, 1),
  ];
  return { plenty, scarce, codes };
}
