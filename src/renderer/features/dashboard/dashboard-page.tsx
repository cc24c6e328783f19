import { Page } from '../../app/page.tsx';

export function DashboardPage() {
  return (
    <Page title="Dashboard">
      <div className="app-stack" />
    </Page>
  );
}
