import { DEMO_ACCOUNTS, DEMO_ADDRESSES } from './accounts.js';
import { expectAccepted, graphqlSender, type Send, type UserError } from './graphqlRequest.js';

const SIGN_IN = `mutation ($email: String!, $password: String!) { sessionCreate(email: $email, password: $password) {
  accessToken userErrors { code message field } } }`;
const REGISTER = `mutation ($input: AccountRegisterInput!) { accountRegister(input: $input) {
  user { id } userErrors { code message field } } }`;
const FIND = `query ($search: String!) { users(first: 10, filter: { search: $search }) { nodes { id email roles } } }`;
const GRANT = `mutation ($id: ID!, $roles: [Role!]!) { userRolesUpdate(userId: $id, roles: $roles) { userErrors { code message field } } }`;
const BOOK = '{ me { addresses { id } } }';
const ADD_ADDRESS = `mutation ($input: AddressInput!, $defaultFor: [AddressType!]) { addressCreate(input: $input, defaultFor: $defaultFor) {
  userErrors { code message field } } }`;

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Signs in and answers a client that acts as this account. */
export async function signIn(gatewayUrl: string, { email, password }: Credentials): Promise<Send> {
  const { sessionCreate } = await graphqlSender(gatewayUrl)<{
    sessionCreate: { accessToken: string | null; userErrors: UserError[] };
  }>(SIGN_IN, { email, password });
  expectAccepted(`Signing in as ${email}`, sessionCreate.userErrors);
  if (!sessionCreate.accessToken) throw new Error(`Signing in as ${email} gave no token`);
  return graphqlSender(gatewayUrl, sessionCreate.accessToken);
}

const ROLES = { staff: 'STAFF', support: 'SUPPORT', catalogue: 'CATALOGUE_MANAGER', customer: undefined } as const;

/** Opens an account for each role and fills the customer's address book; what is there already stays. */
export async function seedAccounts(gatewayUrl: string, admin: Send): Promise<{ created: number }> {
  let created = 0;
  for (const [name, role] of Object.entries(ROLES) as [keyof typeof ROLES, string | undefined][]) {
    const { email, password, firstName, lastName } = DEMO_ACCOUNTS[name];
    const { users } = await admin<{ users: { nodes: { id: string; email: string; roles: string[] }[] } }>(FIND, {
      search: email,
    });
    let account = users.nodes.find((user) => user.email === email);
    if (!account) {
      const { accountRegister } = await graphqlSender(gatewayUrl)<{
        accountRegister: { user: { id: string } | null; userErrors: UserError[] };
      }>(REGISTER, { input: { email, password, firstName, lastName, locale: 'en' } });
      expectAccepted(`Opening the account ${email}`, accountRegister.userErrors);
      account = { id: accountRegister.user?.id ?? '', email, roles: [] };
      created += 1;
    }
    if (role !== undefined && !account.roles.includes(role)) {
      const { userRolesUpdate } = await admin<{ userRolesUpdate: { userErrors: UserError[] } }>(GRANT, {
        id: account.id,
        roles: ['CUSTOMER', role],
      });
      expectAccepted(`Making ${email} ${role}`, userRolesUpdate.userErrors);
    }
  }
  // An address book that was made is the mark that nothing is left to do, so a later start need not sign in again.
  if (created > 0) await seedAddresses(gatewayUrl);
  return { created };
}

async function seedAddresses(gatewayUrl: string): Promise<void> {
  const customer = await signIn(gatewayUrl, DEMO_ACCOUNTS.customer);
  const { me } = await customer<{ me: { addresses: { id: string }[] | null } | null }>(BOOK);
  for (const address of DEMO_ADDRESSES.slice(me?.addresses?.length ?? 0)) {
    const { addressCreate } = await customer<{ addressCreate: { userErrors: UserError[] } }>(ADD_ADDRESS, address);
    expectAccepted('Saving an address', addressCreate.userErrors);
  }
}
