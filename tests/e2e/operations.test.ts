import { randomUUID } from 'node:crypto';
import { accessRules, loadSdl, SERVICES } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { Kind, parse } from 'graphql';
import { createMemory } from '../../gateway/console/src/memory.js';
import { fillPlaceholders, type Sources } from '../../gateway/console/src/placeholders.js';
import { readOperations } from '../../scripts/schema/operations.mjs';
import { type Shop, shopOfRun, signedIn } from './shop.js';

interface Operation {
  readonly role: string;
  readonly name: string;
  readonly text: string;
  readonly variables: Record<string, unknown>;
}

interface Answer {
  readonly data?: Record<string, { userErrors?: { code: string; message: string }[] } | null> | null;
  readonly errors?: { message: string; path?: unknown }[];
}

const operations: Operation[] = readOperations(new URL('../../schema/operations', import.meta.url).pathname);

let shop: Shop;
beforeAll(async () => {
  shop = await shopOfRun();
}, 240_000);

/** A visitor of the console: what answers contain fills in the next operation's example variables. */
function visitor() {
  const memory = createMemory();
  let token: string | undefined;
  let refreshToken: string | undefined;

  async function send(query: string, variables: object): Promise<Answer> {
    const response = await fetch(shop.urls.graphql as string, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  const customer = shop.accounts.find(({ role }) => role === 'customer');
  const sources: Sources = {
    memory,
    ask: async (query) => (await send(query, {})).data,
    refreshToken: () => refreshToken,
    demoAccount: () => customer,
    unique: () => randomUUID().slice(0, 8),
  };
  return {
    async signIn(role: string) {
      const account = shop.accounts.find((candidate) => candidate.role === role);
      const { data } = await send(
        `mutation In($email: String!, $password: String!) {
          sessionCreate(email: $email, password: $password) { accessToken refreshToken }
        }`,
        { email: account?.email, password: account?.password },
      );
      const session = data?.sessionCreate as { accessToken?: string; refreshToken?: string } | undefined;
      if (!session?.accessToken) throw new Error(`the demo ${role} could not sign in`);
      token = session.accessToken;
      refreshToken = session.refreshToken;
    },
    async run(operation: Operation) {
      const { variables, missing } = await fillPlaceholders(operation.variables, sources);
      if (missing.length > 0) return { missing };
      const answer = await send(operation.text, variables);
      memory.remember(answer.data);
      const refusals = Object.values(answer.data ?? {}).flatMap((payload) => payload?.userErrors ?? []);
      return { errors: answer.errors, refusals };
    },
  };
}

const DONE = { errors: undefined, refusals: [] };
/** Nobody confirms the address of the demo customer: browserSession.test.ts confirms one, and claims. */
const REFUSED: Readonly<Record<string, string>> = { GuestOrdersClaim: 'EMAIL_NOT_VERIFIED' };
const named = (name: string): Operation => {
  const operation = operations.find((candidate) => candidate.name === name);
  if (!operation) throw new Error(`schema/operations has no ${name}`);
  return operation;
};

/** All operations of a role: those named first, those named last, and everything else in between. */
function journey(role: string, o: { first: string[]; last?: string[] }): Operation[] {
  const last = o.last ?? [];
  const apart = [...o.first, ...last, ...ELSEWHERE];
  const between = operations.filter((op) => op.role === role && !apart.includes(op.name));
  return [...o.first.map(named), ...between, ...last.map(named)];
}

/** @param maybeUnknown operations for which a shop without paid orders or promotions has nothing to work on */
async function runAll(person: ReturnType<typeof visitor>, steps: Operation[], maybeUnknown: string[] = []) {
  const done: Operation[] = [];
  for (const operation of steps) {
    const outcome = await person.run(operation);
    if ('missing' in outcome && maybeUnknown.includes(operation.name)) continue;
    const code = REFUSED[operation.name];
    const refusals = code === undefined ? [] : [expect.objectContaining({ code })];
    expect({ operation: operation.name, ...outcome }).toEqual({ operation: operation.name, ...DONE, refusals });
    if (code === undefined) done.push(operation);
  }
  return done;
}

/** Mutations that need a scope, as the SDL says. */
const SCOPED: ReadonlySet<string> = new Set(
  SERVICES.filter((service) => service !== 'gateway').flatMap((service) =>
    parse(loadSdl(service)).definitions.flatMap((node) =>
      'fields' in node && 'name' in node && node.name?.value === 'Mutation'
        ? (node.fields ?? []).flatMap((field) =>
            field.kind === Kind.FIELD_DEFINITION && accessRules(field).some(({ kind }) => kind === 'scopes')
              ? [field.name.value]
              : [],
          )
        : [],
    ),
  ),
);
/** Of what was done, that which the audit log must have. */
const privileged = (done: readonly Operation[]): string[] =>
  done.flatMap(({ text }) => /^mutation\b[^{]*\{\s*(\w+)/m.exec(text)?.[1] ?? []).filter((field) => SCOPED.has(field));

/** Waits until the audit log has each of these actions of a demo account since then. */
async function expectRecorded(role: string, since: Date, actions: string[]): Promise<void> {
  const [admin, actor] = await Promise.all([signedIn(shop, 'admin'), signedIn(shop, role)]);
  const { data } = await actor.send<{ me: { id: string } }>('Me');
  const filter = { actorId: data.me.id, from: since.toISOString() };
  await eventually(
    async () => {
      const log = await admin.send<{ auditLog: { nodes: { action: string }[] } }>('AuditLog', { first: 100, filter });
      const known = new Set(log.data.auditLog.nodes.map(({ action }) => action));
      expect(actions.filter((action) => !known.has(action))).toEqual([]);
    },
    { timeoutMs: 15_000 },
  );
  await Promise.all([admin.close(), actor.close()]);
}

/** Nobody pays here, so nothing is shipped and sent back: afterSales.test.ts does. */
const UNPAID = [
  ...['FulfillmentCreate', 'FulfillmentTrackingUpdate', 'FulfillmentDeliver', 'FulfillmentCancel', 'OrderComplete'],
  ...['ReturnRequest', 'ReturnCancel', 'ReturnApprove', 'ReturnDecline', 'ReturnReceive', 'ReturnClose'],
];
/** savedMethods.test.ts saves methods, capture.test.ts authorizes payments. */
const SAVED_METHODS = ['PaymentMethodDelete', 'PaymentMethodDefaultSet'];
const AUTHORIZED = ['PaymentCapture', 'PaymentVoid'];
/** Nobody pays by transfer here: otherWaysToPay.test.ts does. */
const BY_HAND = ['PaymentRecord', 'RefundRecord'];
/** A draft that was made is completed; changes.test.ts changes and deletes others, and changes orders that are paid. */
const CHANGED = ['DraftOrderUpdate', 'DraftOrderDelete', 'OrderEditCancel'];
/** The demo customer goes without one, for the tests that sign in with it: secondFactor.test.ts switches one on and off. */
const SECOND_FACTOR = [
  ...['SessionSecondFactor', 'SecondFactorConfirm', 'SecondFactorRecoveryCodesRenew', 'SecondFactorDisable'],
];
/** Not run with the demo accounts, whose other sessions are other tests': secondFactor.test.ts, erasure.test.ts and accounts.test.ts do it. */
const ELSEWHERE = ['AccountDeactivate', 'SessionsRevokeAll', 'AccountDelete', 'AccountErasure'];
/** What their examples do not change: an edit on trial, an account that is enabled already and has no second factor. */
const UNCHANGING = ['orderEdit', 'userActiveSet', 'userSecondFactorReset'];
const BUYING = ['CartCreate', 'OrderPlace', 'PaymentSessionCreate'];

describe('every operation of schema/operations runs with its example variables', () => {
  test('as a guest', async () => {
    const steps = journey('guest', {
      first: ['ProductListing', 'CartCreate', 'CartLinesAdd', 'CartLinesUpdate', 'Cart'],
      last: [
        'CartLinesRemove',
        ...BUYING,
        'PaymentSessionConfirm',
        'OrderStatus',
        'Order',
        'OrderByNumber',
        'OrderDocuments',
      ],
    });
    await runAll(visitor(), steps, [
      ...[
        'CartDiscountCodesUpdate',
        'SessionRefresh',
        'AccountConfirm',
        'PasswordReset',
        'EmailChangeConfirm',
        'EmailChangeUndo',
      ],
      ...SECOND_FACTOR,
      ...UNPAID,
    ]);
  }, 60_000);

  test('as a customer', async () => {
    const customer = visitor();
    await customer.signIn('customer');
    await runAll(
      customer,
      journey('customer', { first: [...BUYING, 'SessionRefresh'], last: ['OrderCancel', 'SessionRevoke'] }),
      [...SAVED_METHODS, ...SECOND_FACTOR, 'OrderLinesCancel'],
    );
  }, 60_000);

  test('as staff, and each change that needs a scope is in the audit log', async () => {
    const since = new Date();
    const staff = visitor();
    await staff.signIn('staff');
    const unknown = [
      ...AUTHORIZED,
      ...BY_HAND,
      'ReconciliationDifferenceResolve',
      'RefundCreate',
      'NotificationResend',
      'WebhookEventReplay',
      ...CHANGED,
      ...UNPAID,
    ];
    const done = await runAll(
      staff,
      journey('staff', { first: [...BUYING, 'ProductCreate', 'PromotionCreate', 'DraftOrderCreate'] }),
      unknown,
    );
    const actions = privileged(done).filter((action) => !UNCHANGING.includes(action));
    expect(actions.length).toBeGreaterThan(10);
    await expectRecorded('staff', since, actions);
  }, 60_000);

  test('as an administrator, and each change that needs a scope is in the audit log', async () => {
    const since = new Date();
    const admin = visitor();
    await admin.signIn('admin');
    const done = await runAll(admin, journey('admin', { first: ['Users', 'AccountRegister'] }));
    const changed = privileged(done).filter((action) => !UNCHANGING.includes(action));
    expect(changed).toEqual(expect.arrayContaining(['userRolesUpdate', 'userSessionsRevoke']));
    await expectRecorded('admin', since, changed);
  }, 60_000);
});
