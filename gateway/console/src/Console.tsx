import 'graphiql/style.css';
import './console.css';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { AnswerLine } from './AnswerLine.js';
import { ShopPanel } from './ShopPanel.js';
import { fetcher } from './shop.js';

const WELCOME = `# Welcome to the Souk console.
#
# Choose an operation on the left:
# its variables come from the shop.
# Run it with Ctrl-Enter.

query Welcome {
  products(first: 3) {
    nodes {
      id
      name
      priceRange { min { amount currencyCode } }
    }
  }
}
`;

const SHOP_PLUGIN = {
  title: 'Shop operations',
  icon: () => (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M4 9 5.5 4h13L20 9M4 9v11h16V9M4 9c0 2.6 4 2.6 4 0 0 2.6 4 2.6 4 0 0 2.6 4 2.6 4 0 0 2.6 4 2.6 4 0M10 20v-5h4v5" />
    </svg>
  ),
  content: ShopPanel,
};

const PLUGINS = [SHOP_PLUGIN, HISTORY_PLUGIN];

/** GraphiQL with the shop's operations and a session beside it. */
export function Console() {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={WELCOME}
      plugins={PLUGINS}
      visiblePlugin={SHOP_PLUGIN}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <span className="souk-logo">souk</span>
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <AnswerLine />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
