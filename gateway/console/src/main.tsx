import './workers.js';
import { createRoot } from 'react-dom/client';
import { Console } from './Console.js';
import { loadDemoAccounts } from './shop.js';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(<Console />);
void loadDemoAccounts();
