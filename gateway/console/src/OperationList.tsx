import { operations } from 'souk:operations';
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { Kind, parse } from 'graphql';
import { useState } from 'react';
import { type Operation, ROLES } from './operation.js';
import { missing, variablesOf } from './shop.js';
import { useStore } from './store.js';

/** The shop's operations by role. One click opens a tab with the operation and its variables filled in. */
export function OperationList() {
  const [filter, setFilter] = useState('');
  const open = useOpenOperation();
  const unknown = useStore(missing);
  const words = filter.toLowerCase().split(/\s+/);
  const found = operations.filter(({ name, title }) =>
    words.every((word) => `${name} ${title}`.toLowerCase().includes(word)),
  );
  return (
    <nav className="souk-operations" aria-label="Operations">
      <input
        type="search"
        placeholder="Find an operation"
        aria-label="Find an operation"
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      {unknown.length > 0 && (
        <p className="souk-hint" role="status">
          Not known yet: {unknown.join(', ')}. Run an operation that answers it, or type a value.
        </p>
      )}
      {ROLES.map((role) => {
        const ofRole = found.filter((operation) => operation.role === role);
        if (ofRole.length === 0) return null;
        return (
          <section key={role} aria-label={role}>
            <h3>{role}</h3>
            <ul>
              {ofRole.map((operation) => (
                <li key={operation.name}>
                  <button type="button" disabled={!open} onClick={() => void open?.(operation)}>
                    <span className={`souk-kind souk-${operation.kind}`} aria-hidden="true" />
                    <span className="souk-title">{operation.title}</span>
                    <code>{operation.name}</code>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

/** Opens an operation in the tab that already has it, or in a new one. Nothing while the editors are not there yet. */
function useOpenOperation() {
  const { addTab, changeTab, updateActiveTabValues, setOperationFacts } = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL(pick('tabs', 'queryEditor', 'variableEditor'));
  if (!queryEditor || !variableEditor) return undefined;
  return async (operation: Operation) => {
    const { variables } = await variablesOf(operation);
    const existing = tabs.findIndex((tab) => tab.operationName === operation.name);
    if (existing >= 0) changeTab(existing);
    else addTab();
    const text = Object.keys(variables).length > 0 ? JSON.stringify(variables, null, 2) : '';
    queryEditor.setValue(operation.text);
    variableEditor.setValue(text);
    // The editors tell of it a little later: until then the tab would have no name, and running it would name the
    // operation of the tab before.
    updateActiveTabValues({ query: operation.text, variables: text, operationName: operation.name });
    const documentAST = parse(operation.text);
    setOperationFacts({
      documentAST,
      operationName: operation.name,
      operations: documentAST.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION),
    });
  };
}
