import { OperationList } from './OperationList.js';
import { SessionPanel } from './SessionPanel.js';

/** The console's own pane: who is signed in, and what can be done. */
export function ShopPanel() {
  return (
    <div className="souk-panel">
      <SessionPanel />
      <OperationList />
    </div>
  );
}
