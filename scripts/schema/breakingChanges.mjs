import { execFileSync } from 'node:child_process';
import { buildSchema, findBreakingChanges } from 'graphql';

/**
 * What would break clients of the API that `base` describes. A change that is meant is written into
 * schema/accepted-breaking-changes.txt, word for word, so that it stands in the review of the change that makes it.
 * @returns {string[]}
 */
export function breakingChanges(baseSdl, currentSdl, accepted = []) {
  return findBreakingChanges(buildSchema(baseSdl), buildSchema(currentSdl))
    .map(({ description }) => description)
    .filter((description) => !accepted.includes(description));
}

/** Lines of the acceptance file; empty lines and comments aside. */
export function parseAccepted(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * The commit whose API must not break: the given one, else where this branch left origin/main (or main), else, on that
 * branch itself, the commit before. Undefined where there is nothing to compare with.
 */
export function findBase(requested, root) {
  if (requested) return requested;
  const head = git(root, 'rev-parse', 'HEAD');
  for (const branch of ['origin/main', 'main']) {
    const base = git(root, 'merge-base', 'HEAD', branch);
    if (base && base !== head) return base;
  }
  return git(root, 'rev-parse', '--verify', '--quiet', 'HEAD~1');
}

/** A file as it was in a commit; undefined where the commit or the file does not exist. */
export function fileAt(root, commit, path) {
  return git(root, 'show', `${commit}:${path}`, { trim: false });
}

function git(root, ...args) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  try {
    const output = execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return options.trim === false ? output : output.trim() || undefined;
  } catch {
    return undefined;
  }
}
