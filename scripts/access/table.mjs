import { Kind } from 'graphql';
import { ENTITIES, IDS } from './decisions.mjs';
import { accessEntities, accessFields } from './fields.mjs';
import { outcomeOf, outcomeOfRule, outcomeOfThing, viewersOf } from './outcomes.mjs';
import { needsDecision } from './undecided.mjs';

/** The roles that the SDL of the user service names, in its order. */
export function rolesOf(subgraphs) {
  const definitions = subgraphs.find(({ name }) => name === 'user').document.definitions;
  const role = definitions.find((node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'Role');
  return role.values.map(({ name }) => name.value);
}

/**
 * The matrix as Markdown: fields by viewers, from the directives, the decisions and the scopes of the roles.
 * @param {import('../schema/subgraphs.mjs').Subgraph[]} subgraphs
 * @param {(roles: never[]) => readonly string[]} scopesOf
 */
export function accessTable(subgraphs, scopesOf) {
  const viewers = viewersOf(rolesOf(subgraphs), scopesOf);
  const fields = accessFields(subgraphs);
  return subgraphs
    .map(({ name }) => {
      const own = fields.filter(({ service }) => service === name);
      const hidden = own.filter((field) => field.root && field.hidden).map(({ name: field }) => `\`${field}\``);
      return [
        `## ${name}`,
        table(
          ['', 'rule', ...viewers.map((viewer) => viewer.name)],
          own.filter((field) => field.root && !field.hidden).flatMap((field) => rowsOf(field, viewers)),
        ),
        ...(hidden.length > 0 ? [`For services only, not in the API of clients: ${hidden.join(', ')}.`] : []),
        'Referred to by other services, and fields below the root that have a rule of their own:',
        table(
          ['', ...viewers.map((viewer) => viewer.name)],
          accessEntities(subgraphs)
            .filter(({ service }) => service === name)
            .flatMap((entity) => entityRows(entity, viewers))
            .concat(innerRows(own, viewers)),
        ),
      ].join('\n\n');
    })
    .join('\n\n');
}

/** A row for what the field does with the owner's things, and one more for each further argument that is decided in another way. */
function rowsOf(field, viewers) {
  const owned = needsDecision(field) ? field.ids.filter((path) => IDS[`${field.key}(${path})`]?.kind === 'theirs') : [];
  const [first, ...more] = owned;
  const row = (ids, label) => [
    label,
    ruleText(field.rule),
    ...viewers.map((viewer) => spoken(outcomeOf({ ...field, ids }, viewer))),
  ];
  const name = (path) => `\`${field.name}\`${path === undefined ? '' : ` (${path})`}`;
  return [row(first === undefined ? [] : [first], name(first)), ...more.map((path) => row([path], name(path)))];
}

function entityRows(entity, viewers) {
  const { whole, fields } = ENTITIES[entity.key];
  const row = (label, decision) => [label, ...viewers.map((viewer) => spoken(outcomeOfThing(decision, viewer)))];
  return [
    ...(whole ? [row(`\`${entity.type}\``, whole)] : []),
    ...Object.entries(fields)
      .filter(([name]) => entity.fields.find((field) => field.name === name)?.rule?.kind !== 'authenticated')
      .map(([name, decision]) => row(`\`${entity.type}.${name}\``, decision)),
  ];
}

function innerRows(fields, viewers) {
  return fields
    .filter(({ root, hidden, rule }) => !root && !hidden && (rule?.kind === 'scopes' || rule?.kind === 'authenticated'))
    .map(({ service, type, name, rule }) => {
      const decision = ENTITIES[`${service}.${type}`]?.fields[name];
      return [
        `\`${type}.${name}\``,
        ...viewers.map((viewer) => {
          const byRule = outcomeOfRule(rule, viewer);
          return spoken(byRule === 'allowed' && decision ? outcomeOfThing(decision, viewer) : byRule);
        }),
      ];
    });
}

function ruleText(rule) {
  return rule.kind === 'scopes' ? rule.anyOf.map((all) => all.join(' + ')).join(' or ') : `@${rule.kind}`;
}

/** `yes`, or what is answered instead. */
const spoken = (outcome) => (outcome === 'allowed' ? 'yes' : outcome === null ? 'null' : outcome);

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
