import { Page } from '../../app/page.tsx';

export function ImportPage() {
  return (
    <Page title="Import">
      <div className="app-stack" />
    </Page>
  );
}
