import { CommandError } from './errors.js';
import { EXPRESSION_OPERATORS } from './operators.js';
import { type Doc, isDocument, toRegExp } from './values.js';

/** Refuses unknown operators before any document is looked at, and makes BSON's regular expressions JavaScript's. */
export function normalizeExpression(expression: unknown): unknown {
  if (Array.isArray(expression)) return expression.map(normalizeExpression);
  if (!isDocument(expression)) return toRegExp(expression) ?? expression;
  const normal: Doc = {};
  for (const [name, argument] of Object.entries(expression)) {
    if (name.startsWith('$') && !EXPRESSION_OPERATORS.has(name)) {
      throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
    }
    normal[name] = name === '$literal' ? argument : normalizeExpression(argument);
  }
  return normal;
}

/** The same for a projection, where MongoDB has a code of its own for unknown operators. */
export function normalizeProjection(spec: unknown): unknown {
  try {
    return normalizeExpression(spec);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError('Location31325', `Invalid $project :: caused by :: ${error.message}`);
  }
}
