import { apparel } from './departments/apparel.js';
import { electronics } from './departments/electronics.js';
import { home } from './departments/home.js';
import { kitchen } from './departments/kitchen.js';
import { books, care, toys } from './departments/leisure.js';
import { outdoor } from './departments/outdoor.js';
import { createRandom, type Random } from './random.js';
import { type Department, type Leaf, LINES } from './vocabulary.js';

interface Price {
  readonly centAmount: number;
  readonly currencyCode: 'EUR';
}

export interface DemoVariant {
  readonly sku: string;
  readonly price: Price;
  readonly compareAtPrice: Price | null;
  readonly selectedOptions: readonly { readonly name: string; readonly value: string }[];
  readonly weightGrams: number;
  readonly onHand: number;
}

export interface DemoProduct {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly status: 'ACTIVE';
  /** Slug of the leaf category. */
  readonly category: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
  readonly variants: readonly DemoVariant[];
}

export interface DemoCategory {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly parent: string | null;
}

export interface DemoCatalogue {
  /** Parents before their children. */
  readonly categories: readonly DemoCategory[];
  readonly products: readonly DemoProduct[];
}

const DEPARTMENTS: readonly Department[] = [home, kitchen, apparel, outdoor, electronics, books, toys, care];
const PRODUCTS_PER_LEAF = 13;
const MAX_VARIANTS = 6;

/**
 * A believable shop: three levels of categories and 13 products in each leaf, composed from each category's own words.
 * The same seed gives the same shop, to the last SKU.
 */
export function generateCatalogue(seed = 20_261_122): DemoCatalogue {
  const random = createRandom(seed);
  const categories: DemoCategory[] = [];
  const products: DemoProduct[] = [];
  const slugs = new Set<string>();

  for (const department of DEPARTMENTS) {
    const top = slugOf(department.name);
    categories.push({
      slug: top,
      name: department.name,
      parent: null,
      description: introduction(department.name, Object.keys(department.groups)),
    });
    for (const [group, leaves] of Object.entries(department.groups)) {
      const middle = `${top}-${slugOf(group)}`;
      categories.push({
        slug: middle,
        name: group,
        parent: top,
        description: introduction(
          group,
          leaves.map(({ name }) => name),
        ),
      });
      for (const leaf of leaves) {
        const bottom = `${middle}-${slugOf(leaf.name)}`;
        categories.push({
          slug: bottom,
          name: leaf.name,
          parent: middle,
          description: introduction(leaf.name, leaf.nouns.slice(0, 3)),
        });
        for (let number = 0; number < PRODUCTS_PER_LEAF; number += 1) {
          products.push(
            makeProduct({ random, department, group, leaf, category: bottom, slugs, serial: products.length + 1 }),
          );
        }
      }
    }
  }
  // Mixed, so that "newest first" shows a bit of everything.
  return { categories, products: random.shuffle(products) };
}

interface Recipe {
  readonly random: Random;
  readonly department: Department;
  readonly group: string;
  readonly leaf: Leaf;
  readonly category: string;
  readonly slugs: Set<string>;
  readonly serial: number;
}

function makeProduct({ random, department, group, leaf, category, slugs, serial }: Recipe): DemoProduct {
  const material = random.pick(leaf.materials);
  const brand = random.pick(
    department.brands.filter(({ makes }) => !makes || makes.includes(group) || makes.includes(leaf.name)),
  );
  const { name, noun } = uniqueName(random, leaf, material, slugs);
  const further = Object.entries(leaf.attributes ?? {}).map(([key, values]) => ({ key, value: random.pick(values) }));
  const [first = '', second = ''] = random.shuffle(leaf.details);
  const opening =
    leaf.naming === 'title'
      ? `Made for ${random.pick(leaf.uses)}.`
      : `${article(noun)} ${noun.toLowerCase()} in ${material.toLowerCase()}, made for ${random.pick(leaf.uses)}.`;
  return {
    slug: slugOf(name),
    name,
    description: [opening, first, second, `${brand.name} ${brand.story}`].filter(Boolean).join(' '),
    status: 'ACTIVE',
    category,
    attributes: [
      { key: leaf.naming === 'title' ? 'publisher' : 'brand', value: brand.name },
      ...(leaf.naming === 'title' ? [] : [{ key: 'material', value: material }]),
      ...further,
    ],
    variants: makeVariants(random, leaf, `${department.code}-${String(serial).padStart(4, '0')}`),
  };
}

function uniqueName(random: Random, leaf: Leaf, material: string, slugs: Set<string>): { name: string; noun: string } {
  for (;;) {
    const noun = random.pick(leaf.nouns);
    const line = random.pick(LINES);
    const name = nameOf(random, leaf, { line, material, noun });
    if (slugs.has(slugOf(name))) continue;
    slugs.add(slugOf(name));
    return { name, noun };
  }
}

const TITLES: readonly ((noun: string, line: string) => string)[] = [
  (noun, line) => `The ${noun} of ${line}`,
  (noun, line) => `${line} and the ${noun}`,
  (noun, line) => `${line}’s ${noun}`,
  (noun) => `The ${noun}`,
];

/** "Halden Oak Dining Chair", but not "Orla Wool Wool Blanket". */
function nameOf(
  random: Random,
  { naming }: Leaf,
  { line, material, noun }: { line: string; material: string; noun: string },
): string {
  if (naming === 'title') return random.pick(TITLES)(noun, line);
  const words = material.split(' ');
  const repeated = words.some((word) => noun.toLowerCase().includes(word.toLowerCase()));
  return naming === 'plain' || repeated || words.length > 2 ? `${line} ${noun}` : `${line} ${material} ${noun}`;
}

/** One to six variants: all values of a short axis, or a few of a long one, and a second axis where there is room. */
function makeVariants(random: Random, leaf: Leaf, sku: string): DemoVariant[] {
  const [low, high] = leaf.price;
  const base = low + (high - low) * random.next() ** 1.8;
  const [lightest, heaviest] = leaf.weight;
  const weight = lightest + (heaviest - lightest) * ((base - low) / Math.max(1, high - low));
  const [one, two] = leaf.axes;
  const firsts = one ? random.take(one.values, random.between(one.values.length > 4 ? 2 : 1, 4)) : [];
  const room = Math.floor(MAX_VARIANTS / Math.max(1, firsts.length));
  const seconds = two && room > 1 ? random.take(two.values, random.between(1, Math.min(room, 3))) : [];
  const soldOut = random.next() < 0.03;
  const reduced = random.next() < 0.15;

  return firsts.flatMap((first) =>
    (seconds.length > 0 ? seconds : [undefined]).map((second): DemoVariant => {
      const surcharge = 1 + ((first.surcharge ?? 0) + (second?.surcharge ?? 0)) / 100;
      const price = roundPrice(base * surcharge);
      return {
        sku: [sku, first.code, second?.code].filter(Boolean).join('-').toUpperCase(),
        price: eur(price),
        compareAtPrice: reduced ? eur(roundPrice((price / 100) * 1.25)) : null,
        selectedOptions: [
          { name: one?.name ?? '', value: first.value },
          ...(second && two ? [{ name: two.name, value: second.value }] : []),
        ],
        weightGrams: Math.round((weight * (0.9 + surcharge / 10)) / 10) * 10,
        onHand: soldOut ? 0 : stockOf(random),
      };
    }),
  );
}

/** Mostly enough, sometimes few, now and then none. */
function stockOf(random: Random): number {
  const chance = random.next();
  if (chance < 0.05) return 0;
  return chance < 0.17 ? random.between(1, 4) : random.between(8, 180);
}

/** Shop prices: 8.90, 24.95, 139.00. In cents. */
function roundPrice(amount: number): number {
  if (amount < 20) return Math.floor(amount) * 100 + 90;
  return amount < 100 ? Math.floor(amount) * 100 + 95 : Math.round(amount / 5) * 500 - 100;
}

const eur = (centAmount: number): Price => ({ centAmount, currencyCode: 'EUR' });

function introduction(name: string, parts: readonly string[]): string {
  const list = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? name);
  return `${name}: ${list}, chosen to last.`;
}

const article = (noun: string): string => (/^[aeiou]/i.test(noun) ? 'An' : 'A');

export function slugOf(name: string): string {
  return (
    name
      .toLowerCase()
      .normalize('NFKD')
      .match(/[a-z0-9]+/g) ?? []
  )
    .join('-')
    .slice(0, 120);
}
