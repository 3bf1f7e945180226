import type { Collection } from '../collection.js';
import { compileFilter } from '../filter.js';
import { type Command, collectionName, natural, runStatements, statementsOf } from './command.js';
import { select } from './select.js';

/** `delete`: limit 1 removes the first match, limit 0 all of them. */
export const deleteCommand: Command = {
  fields: ['deletes', 'ordered'],
  run: (call) => {
    const { store, db, command } = call;
    const collection = store.find(db, collectionName(call, 'delete'));
    let n = 0;
    const statements = statementsOf(command, 'deletes', ['q', 'limit', 'hint', 'collation']);
    const errors = runStatements(statements, command.ordered !== false, (statement) => {
      const filter = compileFilter(statement.q);
      for (const entry of select(collection, { filter, hint: statement.hint, limit: natural(statement, 'limit') })) {
        store.remove(collection as Collection, entry);
        n += 1;
      }
    });
    return { n, ...errors, ok: 1 };
  },
};
