import { type GraphQLObjectType, isCompositeType, isNonNullType } from 'graphql';
import { ENTITIES } from '../../scripts/access/decisions.mjs';
import { type AccessEntity, accessEntities } from '../../scripts/access/fields.mjs';
import { outcomeOfRule, outcomeOfThing } from '../../scripts/access/outcomes.mjs';
import { schemas, subgraphs } from './arguments.js';
import { type Answer, askGateway, askSubgraph, codesOf, each } from './client.js';
import type { Person, World } from './world.js';

const entities = accessEntities(subgraphs);

let world: World;

const THING: Readonly<Record<string, string>> = {
  User: 'user',
  Order: 'order',
  Payment: 'payment',
  Cart: 'cart',
  Product: 'product',
  ProductVariant: 'variant',
  Category: 'category',
};

/** Every field of the entity that can be asked for without arguments, as deep as tells that it is there. */
function selectionOf(entity: AccessEntity): string {
  const type = schemas.get(entity.service)?.getType(entity.type) as GraphQLObjectType;
  const all = Object.values(type.getFields()).filter(
    ({ name, args }) =>
      (entity.keys.includes(name) || entity.fields.some((field) => field.name === name)) &&
      !args.some((argument) => isNonNullType(argument.type) && argument.defaultValue === undefined),
  );
  return all
    .map(({ name, type: of }) => {
      const named = schemas.get(entity.service)?.getType(String(of).replace(/[[\]!]/g, ''));
      return isCompositeType(named) ? `${name} { __typename }` : name;
    })
    .join(' ');
}

function ask(entity: AccessEntity, person: Person, reference: object): Promise<Answer> {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${entity.type} { ${selectionOf(entity)} } } }`;
  const of = [{ __typename: entity.type, ...reference }];
  return askSubgraph(world.shop, entity.service, person.viewer, query, { of });
}

/** What the gateway sends along, where a field requires it. */
const ALONG: Readonly<Record<string, object>> = {
  'payment.Order': { total: { centAmount: 1, currencyCode: 'EUR' } },
};

/** Whether a field of an entity that is shown is shown, too. */
function isShown(entity: AccessEntity, name: string, person: Person): boolean {
  const rule = entity.fields.find((field) => field.name === name)?.rule ?? null;
  const decision = ENTITIES[entity.key]?.fields[name];
  if (outcomeOfRule(rule, person) !== 'allowed') return false;
  return decision === undefined || outcomeOfThing(decision, person) === 'allowed';
}

/**
 * Every entity of every subgraph, referred to as the gateway refers to it, on behalf of everybody: who may not see it gets null, and of
 * what other services contribute nothing but the key.
 */
export function entityMatrix(of: () => World): void {
  beforeAll(() => {
    world = of();
  });

  test.each(entities.map((entity) => [entity.key, entity] as const))('%s', async (_, entity) => {
    const decided = ENTITIES[entity.key];
    const id = String(world.things[String(THING[entity.type])]);
    const answers = await each(world.people, async (person) => {
      const answer = await ask(entity, person, { id, ...ALONG[entity.key] });
      const found = (answer.data?._entities as (Record<string, unknown> | null)[] | undefined)?.[0] ?? null;
      return { person, found, codes: codesOf(answer) };
    });
    for (const { person, found, codes } of answers) {
      const who = `${entity.key} by ${person.name}`;
      if (decided?.whole && outcomeOfThing(decided.whole, person) !== 'allowed') {
        expect({ who, found, codes }).toEqual({ who, found: null, codes: [] });
        continue;
      }
      expect({ who, id: found?.id }).toEqual({ who, id });
      const hidden = entity.fields.filter(({ name }) => !isShown(entity, name, person)).map(({ name }) => name);
      expect({ who, hidden: hidden.map((name) => [name, found?.[name]]) }).toEqual({
        who,
        hidden: hidden.map((name) => [name, null]),
      });
      const refused = entity.fields.map(({ rule }) => outcomeOfRule(rule, person)).filter((code) => code !== 'allowed');
      expect({ who, codes: codes.sort() }).toEqual({ who, codes: refused.sort() });
      for (const [name, decision] of Object.entries(decided?.fields ?? {})) {
        if (decision.kind !== 'theirs' || hidden.includes(name) || !person.owner) continue;
        expect({ who, name, isThere: found?.[name] !== null }).toEqual({ who, name, isThere: true });
      }
    }
  });

  test('a draft is found by none of its keys but for whoever writes the catalogue', async () => {
    const { id, slug, variantId } = world.draftProduct;
    const references: readonly [string, object][] = [
      ['product.Product', { id }],
      ['product.Product', { slug }],
      ['product.ProductVariant', { id: variantId }],
      ['product.ProductVariant', { sku: slug }],
    ];
    for (const [key, reference] of references) {
      const entity = entities.find((one) => one.key === key) as AccessEntity;
      const shown = await each(world.people, async (person) => {
        const found = (await ask(entity, person, reference)).data?._entities as (object | null)[];
        return { person: person.name, shown: found[0] !== null };
      });
      expect({ key, reference, shown }).toEqual({
        key,
        reference,
        shown: world.people.map(({ name, scopes }) => ({ person: name, shown: scopes.includes('catalog:write') })),
      });
    }
  });

  test('a draft is in no listing, search or look-up but of whoever writes the catalogue', async () => {
    const { id, slug, variantId } = world.draftProduct;
    const query = `{
      byId: product(id: "${id}") { id }
      bySlug: product(slug: "${slug}") { id }
      variant: productVariant(id: "${variantId}") { id }
      bySku: productVariant(sku: "${slug}") { id }
      listed: products(filter: { ids: ["${id}"] }) { nodes { id } }
      drafts: products(filter: { ids: ["${id}"], status: DRAFT }) { nodes { id } }
      found: products(filter: { search: "${world.marker}" }) { nodes { slug } }
      search(query: "${slug}") { nodes { slug } }
      searchSuggest(query: "${world.marker}", limit: 20) { product { slug } }
    }`;
    for (const { name, token, scopes } of world.people) {
      const { data, errors } = await askGateway(world.shop, token, query, {});
      expect({ name, errors, data: data !== null }).toEqual({ name, errors: undefined, data: true });
      const told = JSON.stringify(data);
      const shown = { name, id: told.includes(id), variant: told.includes(variantId), slug: told.includes(slug) };
      const may = scopes.includes('catalog:write');
      expect(shown).toEqual({ name, id: may, variant: may, slug: shown.slug && may });
    }
  });

  test('customers are not told who of the staff did what, nor what they note among themselves', async () => {
    const query = `query ($id: ID!) { order(id: $id) {
      events(first: 100) { type message actor data } returns { receiptNote } edits { note } fulfillments { id }
    } }`;
    interface Told {
      readonly order: { readonly events: readonly { readonly type: string; readonly actor: string }[] };
    }
    const tell = async ({ token }: Person) =>
      (await askGateway(world.shop, token, query, { id: world.things.order })).data as unknown as Told;
    const shippedBy = ({ order }: Told) => order.events.find(({ type }) => type === 'FULFILLED')?.actor;
    const [owner, ...staff] = world.people
      .filter((person) => person.owner || person.scopes.includes('orders:read'))
      .sort((one, other) => Number(other.owner) - Number(one.owner));
    const toStaff = await each(staff, tell);
    const toOwner = await tell(owner as Person);
    expect(toStaff.length).toBeGreaterThan(0);
    const [somebody] = toStaff.map(shippedBy);
    expect(somebody).toMatch(/^usr_/);
    for (const told of toStaff) expect(JSON.stringify(told)).toContain('among ourselves');
    expect(shippedBy(toOwner)).toBe('staff');
    expect(JSON.stringify(toOwner)).not.toContain('among ourselves');
    expect(JSON.stringify(toOwner)).not.toContain(somebody);
  });

  test('what services put together about an order tells nobody more than each of them', async () => {
    const query = `query ($id: ID!) { order(id: $id) {
    id
    customer { id email addresses { id } sessions { id } orders(first: 1) { totalCount } paymentMethods { id } cart { id } }
    payments { id order { id customer { id } } disputes { id } }
    documents { id }
    notifications { id to }
  } }`;
    const shown = (value: unknown) => value !== null && value !== undefined;
    const may = (person: Person, entity: string, name: string) => {
      const decision = ENTITIES[entity]?.fields[name];
      return decision !== undefined && outcomeOfThing(decision, person) === 'allowed';
    };
    for (const person of world.people) {
      const answer = await askGateway(world.shop, person.token, query, { id: world.things.order });
      const order = answer.data?.order as Record<string, Record<string, unknown> | null> | null | undefined;
      const who = person.name;
      const maySee = person.owner || person.scopes.includes('orders:read');
      expect({ who, shown: shown(order) }).toEqual({ who, shown: maySee });
      if (!order) continue;
      const customer = order.customer as Record<string, unknown>;
      expect({ who, id: customer.id }).toEqual({ who, id: world.things.user });
      expect({
        who,
        addresses: shown(customer.addresses),
        sessions: shown(customer.sessions),
        orders: shown(customer.orders),
        paymentMethods: shown(customer.paymentMethods),
        cart: shown(customer.cart),
        payments: shown(order.payments),
        documents: shown(order.documents),
        notifications: shown(order.notifications),
      }).toEqual({
        who,
        addresses: may(person, 'user.User', 'addresses'),
        sessions: may(person, 'user.User', 'sessions'),
        orders: may(person, 'order.User', 'orders'),
        paymentMethods: may(person, 'payment.User', 'paymentMethods'),
        cart: may(person, 'cart.User', 'cart'),
        payments: may(person, 'payment.Order', 'payments'),
        documents: may(person, 'payment.Order', 'documents'),
        notifications: person.scopes.includes('orders:read'),
      });
    }
  });

  test('a guest’s order names no customer, and whoever knows its id learns nothing of others from it', async () => {
    const query = `query ($id: ID!) { order(id: $id) { id customer { id } payments { id } notifications { id } } }`;
    for (const person of world.people) {
      const { data } = await askGateway(world.shop, person.token, query, { id: world.guests.order });
      expect(data?.order).toEqual({
        id: world.guests.order,
        customer: null,
        payments: [{ id: world.guests.payment }],
        notifications: person.scopes.includes('orders:read') ? expect.any(Array) : null,
      });
    }
  });
}
