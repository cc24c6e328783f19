import { Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { offerFiles } from '../data/file-offers.ts';
import { useLiveData } from '../data/queries.ts';
import { useTakeOffers } from '../features/imports/imports-services.ts';
import { useLiveConnections } from '../features/connections/live.ts';
import { DropTarget } from './drop-target.tsx';
import { Rail } from './rail.tsx';
import './shell.css';
import { StatusBar } from './status-bar.tsx';

/** Rail, page and status bar stay; only the page scrolls. Files may be dropped anywhere. */
export function Shell() {
  useLiveData();
  useTakeOffers();
  useLiveConnections();
  const navigate = useNavigate();
  useEffect(
    () =>
      window.mauzo?.onOpenFiles((paths) => {
        offerFiles({ kind: 'paths', paths });
        void navigate({ to: '/import', search: (current) => current });
      }),
    [navigate],
  );
  return (
    <div className="app-shell">
      <a className="app-skip" href="#content" onClick={skipToContent}>
        Skip to the page
      </a>
      <Rail />
      <div className="app-main">
        <Outlet />
      </div>
      <StatusBar />
      <DropTarget />
    </div>
  );
}

/** The address holds the page after the hash, so that the link must not change it. */
function skipToContent(event: { preventDefault(): void }) {
  event.preventDefault();
  document.querySelector<HTMLElement>('#content')?.focus();
}
