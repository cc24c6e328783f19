import { DashboardPage } from '../features/dashboard/dashboard-page.tsx';
import { useOnTheirWay } from '../features/imports/imports-services.ts';

/** The Dashboard, which without any figures says what is on its way to it. */
export function DashboardRoute() {
  return <DashboardPage onTheirWay={useOnTheirWay()} />;
}
