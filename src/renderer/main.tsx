import './csp.ts';
import '@mantine/core/styles.layer.css';
import '@mantine/dates/styles.layer.css';
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { createQueryClient } from './data/query-client.ts';
import { connectToHost } from './rpc-client.ts';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');

createRoot(container).render(
  <StrictMode>
    <App engine={connectToHost()} queryClient={createQueryClient()} />
  </StrictMode>,
);
