import { AppPage } from '../support/app-page.ts';
import { test } from '../support/desktop-test.ts';
import { mainJob } from '../support/main-job.ts';

test('files dropped on the window become correct figures, and undo brings the earlier ones back', async ({
  startDesktop,
}) => {
  const { window } = await startDesktop();
  await mainJob(new AppPage(window));
});
