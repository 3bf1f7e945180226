import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { classOf, ONE_PER_REQUEST, type OperationClass } from './operationClasses.js';
import { type Cost, compileCost } from './operationCost.js';
import { rootFieldsOf } from './operationFields.js';

export interface OperationLimits {
  readonly maxRootFields: number;
  /** See `compileCost`. */
  readonly maxCost: number;
  readonly maxPageSize: number;
}

/** What is known of an operation before its variables are. */
export interface KnownOperation {
  readonly classes: ReadonlySet<OperationClass>;
  /** Throws when this run asks for too much. */
  readonly check: (variables: Readonly<Record<string, unknown>>) => void;
}

/**
 * Judges operations by what they ask for: how many root fields, how many of them that touch credentials or money, how large pages and how
 * many objects. What depends on the text alone is judged once for each text.
 */
export function createOperationLimits(limits: OperationLimits) {
  const known = new WeakMap<OperationDefinitionNode, KnownOperation>();
  return (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): KnownOperation => {
    const found = known.get(operation);
    if (found) return found;
    const made = judge(limits, schema, document, operation);
    known.set(operation, made);
    return made;
  };
}

function judge(
  limits: OperationLimits,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): KnownOperation {
  const fields = rootFieldsOf(operation, document, limits.maxRootFields);
  const classes = fields.map((field) => classOf(operation.operation, field));
  const fault = rootFault(limits, classes);
  if (fault) {
    return {
      classes: new Set(classes),
      check() {
        throw tooMuch(fault);
      },
    };
  }
  const cost = compileCost(schema, document, operation);
  return { classes: new Set(classes), check: (variables) => checkCost(limits, cost(variables)) };
}

function rootFault(limits: OperationLimits, classes: readonly OperationClass[]): string | undefined {
  if (classes.length > limits.maxRootFields) {
    return `The operation has more than ${limits.maxRootFields} root fields (limit maxRootFields).`;
  }
  const lonely = classes.find((name, at) => ONE_PER_REQUEST.has(name) && classes.indexOf(name) !== at);
  return lonely && `The operation has several fields of the kind "${lonely}"; at most one is allowed in a request.`;
}

function checkCost(limits: OperationLimits, { cost, pageSize }: Cost): void {
  if (pageSize > limits.maxPageSize) {
    throw tooMuch(`A page of ${pageSize} is asked for; at most ${limits.maxPageSize} are allowed (limit maxPageSize).`);
  }
  if (cost > limits.maxCost) {
    throw tooMuch(
      `The operation may answer ${cost} objects; at most ${limits.maxCost} are allowed (limit maxCost). Ask for smaller pages or fewer fields.`,
    );
  }
}

function tooMuch(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
