import { IDS } from './decisions.mjs';

/**
 * What a viewer gets for a field by its directive alone.
 * @returns {'allowed' | 'UNAUTHENTICATED' | 'FORBIDDEN'}
 */
export function outcomeOfRule(rule, viewer) {
  if (rule === null || rule.kind === 'public' || rule.kind === 'owned') return 'allowed';
  if (viewer.anonymous) return 'UNAUTHENTICATED';
  if (rule.kind === 'authenticated') return 'allowed';
  return rule.anyOf.some((all) => all.every((scope) => viewer.scopes.includes(scope))) ? 'allowed' : 'FORBIDDEN';
}

/**
 * What a viewer gets who names a thing that belongs to the owner: the refusal of the decision, unless it is his or his scopes open it.
 * @returns {'allowed' | string | null} null: the field is null
 */
export function outcomeOfThing(decision, viewer) {
  if (decision.kind === 'staff') return holdsOne(decision, viewer) ? 'allowed' : null;
  if (decision.kind !== 'theirs' || viewer.owner || holdsOne(decision, viewer)) return 'allowed';
  return viewer.anonymous ? (decision.guest ?? decision.refusal) : decision.refusal;
}

const holdsOne = ({ scopes }, viewer) => scopes.some((scope) => viewer.scopes.includes(scope));

/** What a viewer gets for a field that names the owner's things in all arguments that this field decides about. */
export function outcomeOf(field, viewer) {
  const byRule = outcomeOfRule(field.rule, viewer);
  if (byRule !== 'allowed') return byRule;
  const refusals = field.ids
    .map((path) => IDS[`${field.key}(${path})`])
    .filter((decision) => decision !== undefined)
    .map((decision) => outcomeOfThing(decision, viewer))
    .filter((outcome) => outcome !== 'allowed');
  return refusals.length > 0 ? refusals[0] : 'allowed';
}

/** The viewers of the matrix: a guest, another customer, the owner, and one of each role but CUSTOMER. */
export function viewersOf(roles, scopesOf) {
  const user = (name, role, owner = false) => ({ name, anonymous: false, owner, role, scopes: scopesOf([role]) });
  return [
    { name: 'guest', anonymous: true, owner: false, role: null, scopes: [] },
    user('other customer', 'CUSTOMER'),
    user('owner', 'CUSTOMER', true),
    ...roles.filter((role) => role !== 'CUSTOMER').map((role) => user(role, role)),
  ];
}
