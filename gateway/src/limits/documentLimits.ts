import {
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

export interface DocumentLimits {
  /** Levels of fields below the root. */
  readonly maxDepth: number;
  /** Aliased fields, those of fragments counted at each place where they are spread. */
  readonly maxAliases: number;
  /** Directives on fields, fragments and the operation itself. */
  readonly maxDirectives: number;
}

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Measure = { depth: 0, aliases: 0, directives: 0 };

/**
 * Refuses operations that are nested too deeply, that repeat a field under many aliases (a hundred logins in one
 * request), or that carry directives by the dozen. Each fragment is measured once, so measuring costs no more than the length of the document.
 */
export function documentLimits(limits: DocumentLimits): ValidationRule {
  return (context: ValidationContext) => {
    const measured = new Map<string, Measure>();

    function fragment(name: string): Measure {
      const known = measured.get(name);
      if (known) return known;
      measured.set(name, NOTHING); // a cycle ends here; another rule refuses it
      const definition: FragmentDefinitionNode | null | undefined = context.getFragment(name);
      const measure = definition ? selections(definition.selectionSet) : NOTHING;
      measured.set(name, measure);
      return measure;
    }

    function selections(set: SelectionSetNode | undefined): Measure {
      let depth = 0;
      let aliases = 0;
      let directives = 0;
      for (const node of set?.selections ?? []) {
        let inner: Measure;
        if (node.kind === Kind.FIELD) {
          const below = selections(node.selectionSet);
          inner = { ...below, depth: below.depth + 1, aliases: below.aliases + (node.alias ? 1 : 0) };
        } else {
          inner = node.kind === Kind.FRAGMENT_SPREAD ? fragment(node.name.value) : selections(node.selectionSet);
        }
        depth = Math.max(depth, inner.depth);
        aliases += inner.aliases;
        directives += inner.directives + (node.directives?.length ?? 0);
      }
      return { depth, aliases, directives };
    }

    return {
      OperationDefinition(node) {
        const { depth, aliases, directives: inside } = selections(node.selectionSet);
        const directives = inside + (node.directives?.length ?? 0);
        if (depth > limits.maxDepth) {
          context.reportError(
            new GraphQLError(`The operation is nested ${depth} levels deep; at most ${limits.maxDepth} are allowed.`),
          );
        }
        if (aliases > limits.maxAliases) {
          context.reportError(
            new GraphQLError(`The operation has ${aliases} aliases; at most ${limits.maxAliases} are allowed.`),
          );
        }
        if (directives > limits.maxDirectives) {
          context.reportError(
            new GraphQLError(
              `The operation has ${directives} directives; at most ${limits.maxDirectives} are allowed.`,
            ),
          );
        }
      },
    };
  };
}
