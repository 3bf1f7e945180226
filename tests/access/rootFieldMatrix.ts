import { IDS } from '../../scripts/access/decisions.mjs';
import { type AccessField, accessFields } from '../../scripts/access/fields.mjs';
import { outcomeOf, outcomeOfRule } from '../../scripts/access/outcomes.mjs';
import { callOf, subgraphs, thingOf } from './arguments.js';
import { type Answer, askGateway, askSubgraph, codesOf, each, outcomeIn } from './client.js';
import type { Person, World } from './world.js';

const fields = accessFields(subgraphs).filter((field) => field.root);
const shown = fields.filter((field) => !field.hidden);
const theirsOf = (field: AccessField) =>
  field.rule?.kind === 'scopes' ? [] : field.ids.filter((path) => IDS[`${field.key}(${path})`]?.kind === 'theirs');

let world: World;

/** An id of nothing. */
const NOBODYS = 'unknown_00000000000000000000000000';
const idOf = (thing: string) => world.things[thing] ?? NOBODYS;

interface Cell {
  readonly field: AccessField;
  readonly person: Person;
  /** The argument that names the owner's thing; undefined for fields that are decided by their directive alone. */
  readonly path: string | undefined;
  readonly expected: string | null;
}

/** A row for each field, or for each of its arguments that name what somebody owns. */
function cells(): Cell[] {
  return shown.flatMap((field) => {
    const paths = theirsOf(field);
    return (paths.length === 0 ? [undefined] : paths).flatMap((path) =>
      world.people.map((person) => ({
        field,
        person,
        path,
        expected: outcomeOf({ ...field, ids: path === undefined ? [] : [path] }, person),
      })),
    );
  });
}

/** The call of a cell: this argument names the owner's thing, other arguments of that kind the viewer's own. */
function callOfCell({ field, person, path }: Cell, text: string) {
  const others = theirsOf(field).filter((other) => other !== path);
  return callOf(field, {
    id: (thing, at) => (others.includes(at) && thing === 'unpaidOrder' ? person.unpaidOrder : idOf(thing)),
    text,
    given: path === undefined ? [] : [path],
  });
}

const nameOf = ({ field, path, person }: Cell) =>
  `${field.key}${path === undefined ? '' : `(${path})`} by ${person.name}`;

/** What ends something comes after everything else that needs it. */
const ENDING = /(Remove|Cancel|Delete|Revoke|RevokeAll|Deactivate|Erase|Request)$/;
const ACCESS = ['UNAUTHENTICATED', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR', 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST'];

/**
 * Every root field, by everybody, about the owner's things, through the public endpoint: what the matrix (docs/access.md) refuses is
 * refused exactly so and changes no row; what it allows is not refused. A new field takes part by itself.
 */
export function rootFieldMatrix(of: () => World): void {
  beforeAll(() => {
    world = of();
  });

  test('what the matrix refuses is refused in just that way, and changes no row of any database', async () => {
    const refused = cells().filter(({ expected }) => expected !== 'allowed');
    const outcomes = await each(refused, async (cell) => {
      const { query, variables } = callOfCell(cell, `${world.marker}-${cell.field.name}`);
      return outcomeIn(await askGateway(world.shop, cell.person.token, query, variables), cell.field.name);
    });
    const expected = Object.fromEntries(refused.map((cell) => [nameOf(cell), cell.expected]));
    expect(Object.fromEntries(refused.map((cell, at) => [nameOf(cell), outcomes[at]]))).toEqual(expected);
    expect(await world.rows()).toEqual(world.rest);
    // Every field that is not for everybody is among them.
    const open = new Set(['public', 'owned', 'authenticated']);
    const asked = new Set(refused.map(({ field }) => field.key));
    const never = shown.filter(({ key }) => !asked.has(key)).filter(({ rule }) => !open.has(String(rule?.kind)));
    expect(never).toEqual([]);
  }, 120_000);

  test('what is somebody else’s is answered exactly as what does not exist', async () => {
    const hidden = cells().filter(({ person, path, expected }) => {
      const ruled = expected === 'UNAUTHENTICATED' || expected === 'FORBIDDEN';
      return path !== undefined && expected !== 'allowed' && !ruled && person.role !== 'ADMIN';
    });
    const said = (answer: Answer) =>
      JSON.stringify({ data: answer.data, errors: answer.errors?.map(({ message }) => message) });
    const told = await each(hidden, async (cell) => {
      const { query, variables } = callOfCell(cell, `${world.marker}-hidden`);
      const named = world.things[thingOf(cell.field, String(cell.path))] as string;
      const unknown = JSON.parse(JSON.stringify(variables).replaceAll(named, NOBODYS)) as object;
      expect(unknown).not.toEqual(variables);
      const [real, none] = await Promise.all(
        [variables, unknown].map((one) => askGateway(world.shop, cell.person.token, query, one)),
      );
      return said(real as Answer) === said(none as Answer) ? [] : [{ cell: nameOf(cell), real, none }];
    });
    expect(told.flat()).toEqual([]);
  }, 120_000);

  test('what is for services only does not exist for clients, and is refused to everybody on whose behalf the gateway signs', async () => {
    const hidden = fields.filter((field) => field.hidden);
    expect(hidden.length).toBeGreaterThan(10);
    for (const field of hidden) {
      const { query, variables } = callOf(field, { id: idOf, text: `${world.marker}-${field.name}` });
      const answers = await each(world.people, async (person) => ({
        person: person.name,
        gateway: codesOf(await askGateway(world.shop, person.token, query, variables)),
        subgraph: outcomeIn(await askSubgraph(world.shop, field.service, person.viewer, query, variables), field.name),
      }));
      expect({ field: field.key, answers }).toEqual({
        field: field.key,
        answers: world.people.map((person) => ({
          person: person.name,
          gateway: expect.arrayContaining(['GRAPHQL_VALIDATION_FAILED']),
          subgraph: outcomeOfRule(field.rule, person),
        })),
      });
    }
    expect(await world.rows()).toEqual(world.rest);
  }, 120_000);

  test('whoever may support customers has no power over the accounts of the staff', async () => {
    const supporting = (field: AccessField) =>
      field.rule?.kind === 'scopes' && field.rule.anyOf.some((all) => all.includes('users:support'));
    const mutations = shown.filter((field) => field.type === 'Mutation' && supporting(field));
    const admin = world.people.find(({ role }) => role === 'ADMIN') as Person;
    const supporters = world.people.filter(
      ({ scopes }) => scopes.includes('users:support') && !scopes.includes('users:write'),
    );
    expect(mutations.length * supporters.length).toBeGreaterThan(0);
    for (const field of mutations) {
      const id = (thing: string) => (thing === 'user' ? String(admin.userId) : idOf(thing));
      const { query, variables } = callOf(field, { id, text: `${world.marker}-staff` });
      for (const { name, token } of supporters) {
        const outcome = outcomeIn(await askGateway(world.shop, token, query, variables), field.name);
        expect({ field: field.key, name, outcome }).toEqual({ field: field.key, name, outcome: 'FORBIDDEN' });
      }
    }
    expect(await world.rows()).toEqual(world.rest);
  });

  test('a part of what is somebody else’s is no part of one’s own', async () => {
    const owner = world.people.find((person) => person.owner) as Person;
    for (const field of shown) {
      for (const path of field.ids) {
        const decision = IDS[`${field.key}(${path})`];
        if (decision?.kind !== 'partOf') continue;
        const { query, variables } = callOf(field, {
          id: (thing, at) => String((at === path ? world.guests : world.things)[thing]),
          text: `${world.marker}-part`,
          given: [path],
        });
        const outcome = outcomeIn(await askGateway(world.shop, owner.token, query, variables), field.name);
        expect({ id: `${field.key}(${path})`, outcome }).toEqual({
          id: `${field.key}(${path})`,
          outcome: decision.refusal,
        });
      }
    }
    expect(await world.rows()).toEqual(world.rest);
  });

  test('what belongs to a guest is shown to whoever knows its id', async () => {
    const queries = shown.filter((field) => field.type === 'Query' && theirsOf(field).length > 0);
    expect(queries.map(({ name }) => name).sort()).toEqual(expect.arrayContaining(['cart', 'order', 'payment']));
    for (const field of queries) {
      const call = callOf(field, { id: (thing) => String(world.guests[thing]), text: '' });
      const outcomes = await each(world.people, async ({ token }) =>
        outcomeIn(await askGateway(world.shop, token, call.query, call.variables), field.name),
      );
      expect({ field: field.key, outcomes }).toEqual({ field: field.key, outcomes: world.people.map(() => 'allowed') });
    }
  });

  test('what belongs to a guest may be changed by whoever knows its id', async () => {
    const wrong: unknown[] = [];
    for (const field of shown.filter(({ type, name }) => type === 'Mutation' && !ENDING.test(name))) {
      const [path] = theirsOf(field);
      const decision = path === undefined ? undefined : IDS[`${field.key}(${path})`];
      if (field.rule?.kind !== 'owned' || decision?.kind !== 'theirs' || !(decision.thing in world.guests)) continue;
      const call = callOf(field, { id: (thing) => world.guests[thing] ?? idOf(thing), text: '' });
      for (const { name, token } of world.people) {
        const outcome = outcomeIn(await askGateway(world.shop, token, call.query, call.variables), field.name);
        if (outcome === decision.refusal || ACCESS.includes(String(outcome)))
          wrong.push({ field: field.key, name, outcome });
      }
    }
    expect(wrong).toEqual([]);
  });

  test('what the matrix allows is not refused', async () => {
    const allowed = cells().filter(({ expected, field, path }) => {
      // What is everybody's own to do may end the session or the account: a stranger tries those below.
      const onOneself = field.rule?.kind === 'authenticated' && path === undefined && field.type === 'Mutation';
      return expected === 'allowed' && !onOneself;
    });
    const ends = ({ field }: Cell) => ENDING.test(field.name);
    const wrong: unknown[] = [];
    const run = async (cell: Cell) => {
      const { field, path, person } = cell;
      const mutation = field.type === 'Mutation';
      // What staff may write is asked for about things that do not exist: it is let in, and nothing happens.
      const about = mutation && path === undefined ? () => NOBODYS : undefined;
      const own = callOfCell(cell, mutation ? '' : `${world.marker}`);
      const call = about ? callOf(field, { id: about, text: '' }) : own;
      const answer = await askGateway(world.shop, person.token, call.query, call.variables);
      const outcome = outcomeIn(answer, field.name);
      const decision = path === undefined ? undefined : IDS[`${field.key}(${path})`];
      const asIfNone = decision?.kind === 'theirs' && outcome === decision.refusal;
      if (asIfNone || ACCESS.some((code) => codesOf(answer).includes(code))) {
        wrong.push({ cell: nameOf(cell), outcome, errors: answer.errors });
      }
    };
    await each(
      allowed.filter((cell) => !ends(cell)),
      run,
    );
    for (const cell of allowed.filter(ends)) await run(cell);
    expect(wrong).toEqual([]);
  }, 120_000);

  test('what everybody signed in may do to himself is not refused', async () => {
    const own = shown.filter((field) => field.rule?.kind === 'authenticated' && field.type === 'Mutation');
    const wrong: unknown[] = [];
    await each(
      own.filter((field) => theirsOf(field).length === 0),
      async (field) => {
        const { token } = await world.stranger();
        const { query, variables } = callOf(field, { id: () => NOBODYS, text: '' });
        const answer = await askGateway(world.shop, token, query, variables);
        if (ACCESS.some((code) => codesOf(answer).includes(code)))
          wrong.push({ field: field.key, errors: answer.errors });
      },
    );
    expect(wrong).toEqual([]);
  }, 120_000);
}
