import { AppPage } from '../support/app-page.ts';
import { mainJob } from '../support/main-job.ts';
import { test } from '../support/browser-test.ts';

test('dropped files become correct figures, and undo brings the earlier ones back', async ({ openApp }) => {
  await mainJob(new AppPage(await openApp()));
});
