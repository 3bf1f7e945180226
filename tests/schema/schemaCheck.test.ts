import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkSchema } from '../../scripts/schema/check.mjs';
import { compose } from '../../scripts/schema/compose.mjs';
import { readOperations } from '../../scripts/schema/operations.mjs';
import { persistedOperations } from '../../scripts/schema/persistedOperations.mjs';
import { readSubgraphs } from '../../scripts/schema/subgraphs.mjs';

const SHARED = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@inaccessible", "@authenticated", "@requiresScopes"])
directive @public on FIELD_DEFINITION
directive @owned on FIELD_DEFINITION
`;

/** A shop of two subgraphs in which everything is in order; each test breaks one thing in it. */
const SOUND: Record<string, string> = {
  'subgraphs/_shared.graphql': SHARED,
  'subgraphs/product.graphql': `type Query {
  product(id: ID!): Product @public
  stock(id: ID!): Int @requiresScopes(scopes: [["inventory:read"]])
  variantsForCart(ids: [ID!]!): [Product!]! @inaccessible @requiresScopes(scopes: [["service"]])
}
type Product @key(fields: "id") { id: ID! name: String! }
`,
  'subgraphs/cart.graphql': `type Query { activeCart: Product @authenticated }
type Mutation { like(id: ID!): Product @owned }
type Product @key(fields: "id") { id: ID! inWishlist: Boolean }
`,
  'operations/guest/ProductPage.graphql': `# One product
query ProductPage($id: ID!) { product(id: $id) { name inWishlist } }
`,
  'operations/guest/ProductPage.variables.json': '{ "id": "prd_1" }',
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'souk-schema-'));
  for (const [file, text] of Object.entries(SOUND)) write(file, text);
  writeComposed();
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  const path = join(root, 'schema', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function replace(file: string, from: string, to: string): void {
  const text = readFileSync(join(root, 'schema', file), 'utf8');
  expect(text).toContain(from);
  write(file, text.replace(from, to));
}

function writeComposed(): void {
  const composed = compose(readSubgraphs(join(root, 'schema/subgraphs')));
  if (!composed.ok) throw new Error(JSON.stringify(composed.faults));
  write('supergraph.graphql', composed.supergraph);
  write('api.graphql', composed.api);
  write('persisted-operations.json', persistedOperations(readOperations(join(root, 'schema/operations'))));
}

/** An operation that changed is another one to the gateway. */
const MANIFEST_DRIFT = 'schema/persisted-operations.json: is not what `npm run schema:compose` writes: run it';

const faults = (options?: Parameters<typeof checkSchema>[1]) =>
  checkSchema(root, options).map(({ where, message }: { where: string; message: string }) => `${where}: ${message}`);

describe('schema:check', () => {
  test('a sound schema has no faults', () => {
    expect(faults()).toEqual([]);
  });

  test('the supergraph carries no access features, on which the gateway would refuse to start, and clients see no hidden field', () => {
    expect(readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8')).not.toMatch(
      /authenticated|requiresScopes|@public/,
    );
    expect(readFileSync(join(root, 'schema/api.graphql'), 'utf8')).not.toContain('variantsForCart');
  });

  test('a composed file that is not what the subgraphs compose to is drift', () => {
    replace('api.graphql', 'name: String!', 'name: String');
    expect(faults()).toEqual(['schema/api.graphql: is not what `npm run schema:compose` writes: run it']);
  });

  test('a type that two subgraphs define differently is a composition error with its file', () => {
    replace('subgraphs/cart.graphql', 'inWishlist: Boolean }', 'inWishlist: Boolean name: String }');
    const [first] = faults();
    expect(first).toContain('subgraphs/cart.graphql:3: Non-shareable field "Product.name"');
  });

  test('a file that is not GraphQL is named with its line', () => {
    replace('subgraphs/cart.graphql', 'type Mutation {', 'type Mutation {{');
    expect(faults()).toEqual(['subgraphs/cart.graphql:2: Syntax Error: Expected Name, found "{".']);
  });

  test('a root field without an access rule is refused', () => {
    replace('subgraphs/product.graphql', 'product(id: ID!): Product @public', 'product(id: ID!): Product');
    expect(faults()).toEqual([
      'subgraphs/product.graphql:2: product: root field "product" needs exactly one of @public, @owned, @authenticated, @requiresScopes; it has none',
    ]);
  });

  test('a root field of an extension without an access rule is refused', () => {
    write('subgraphs/cart.graphql', `${SOUND['subgraphs/cart.graphql']}extend type Mutation { wipe: Boolean }\n`);
    expect(faults()).toContain(
      'subgraphs/cart.graphql:4: cart: root field "wipe" needs exactly one of @public, @owned, @authenticated, @requiresScopes; it has none',
    );
  });

  test('a root field with two access rules is refused', () => {
    replace('subgraphs/cart.graphql', '@authenticated', '@authenticated @public');
    expect(faults()).toEqual([
      'subgraphs/cart.graphql:1: cart: root field "activeCart" needs exactly one of @public, @owned, @authenticated, @requiresScopes; it has @authenticated and @public',
    ]);
  });

  test('a hidden root field that anyone may call is refused', () => {
    replace(
      'subgraphs/product.graphql',
      '@inaccessible @requiresScopes(scopes: [["service"]])',
      '@inaccessible @public',
    );
    expect(faults()).toEqual([
      'subgraphs/product.graphql:4: product: root field "variantsForCart" is @inaccessible, so its rule must be @requiresScopes(scopes: [["service"]])',
    ]);
  });

  test('a field contributed to the entity of another service must be nullable', () => {
    replace('subgraphs/product.graphql', 'name: String!', 'name: String! slug: String!');
    replace('subgraphs/cart.graphql', 'inWishlist: Boolean', 'inWishlist: Boolean!');
    writeComposed();
    expect(faults()).toEqual([
      'subgraphs/cart.graphql:3: cart: "Product.inWishlist" is contributed to an entity of product, so it must be nullable: else Product disappears whenever cart is down',
    ]);
  });

  test('an operation that no longer validates is named with its line', () => {
    replace('operations/guest/ProductPage.graphql', 'name inWishlist', 'title');
    expect(faults()).toEqual([
      MANIFEST_DRIFT,
      'operations/guest/ProductPage.graphql:2: Cannot query field "title" on type "Product".',
    ]);
  });

  test('an operation file holds one operation named after it, with a title and an example for each variable', () => {
    write('operations/guest/Other.graphql', '# Misnamed\nquery Another { product(id: "1") { id } }\n');
    write('operations/staff/Stock.graphql', 'query Stock($id: ID!) { stock(id: $id) }\n');
    write('operations/staff/Stock.variables.json', '{ "ID": "1" }');
    expect(faults()).toEqual([
      MANIFEST_DRIFT,
      'operations/guest/Other.graphql: a file holds exactly one operation, named after the file: "Other"',
      'operations/staff/Stock.graphql:1: the first line must be a comment: the title of this journey',
      'operations/staff/Stock.graphql: example variable "ID" is not declared',
      'operations/staff/Stock.graphql:1: variable "$id" has no example value',
    ]);
  });

  test('a change that breaks clients of the base is refused until it is accepted in writing', () => {
    const before = readFileSync(join(root, 'schema/api.graphql'), 'utf8');
    const since = { base: 'v1', readAt: (_root: string, commit: string) => (commit === 'v1' ? before : undefined) };
    replace('subgraphs/product.graphql', 'stock(id: ID!)', 'stock(id: ID!, at: ID!)');
    writeComposed();
    const change = 'A required arg at on Query.stock was added.';
    expect(faults(since)).toEqual([expect.stringContaining(`breaks clients of v1: ${change}`)]);

    write('accepted-breaking-changes.txt', `# why\n${change}\n`);
    expect(faults(since)).toEqual([]);
  });

  test('a base that cannot be read fails instead of passing unseen', () => {
    expect(faults({ base: 'nowhere' })).toEqual(['schema/api.graphql: cannot be read at the requested base "nowhere"']);
  });
});
