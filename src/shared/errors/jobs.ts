import { defineErrors } from './catalogue.ts';

/** What asking for one job can answer with. */
export const jobsErrors = defineErrors({
  'jobs.unknown': {
    kind: 'notFound',
    title: 'This import is not in the queue',
    cause: 'No job has the id {jobId}.',
    remedy: 'Open the Import page again.',
  },
  'jobs.wrong_state': {
    kind: 'conflict',
    title: 'This cannot be done with “{fileName}” now',
    cause: 'Its import is in the state “{state}”.',
    remedy: 'Open the Import page again to see what can be done with it.',
    kept: 'Nothing was changed.',
  },
  'jobs.not_inspected': {
    kind: 'conflict',
    title: '“{fileName}” has not been looked at yet',
    cause:
      'Its columns are known only after the file was copied and inspected, and only for tables that it has.',
    remedy: 'Wait a moment and try again.',
  },
  'jobs.overlap_undecided': {
    kind: 'input',
    title: 'What is to happen with the overlap?',
    cause: '“{fileName}” has rows on days of branches that {others} already covers.',
    remedy: 'Choose to keep both, to replace the earlier rows or to skip the new ones.',
    kept: 'Nothing was counted yet.',
  },
  'jobs.control_totals_differ': {
    kind: 'input',
    title: 'The control totals of “{fileName}” do not match',
    cause: '{problems}',
    remedy:
      'Correct the rejected rows and import the file again, or import it with the totals that are right.',
    kept: 'Nothing was counted yet.',
  },
  'jobs.too_late': {
    kind: 'conflict',
    title: 'Too late to cancel “{fileName}”',
    cause: 'Its rows were accepted already (state “{state}”).',
    remedy: 'Undo it in the history: the figures of before come back exactly.',
    kept: 'Nothing was changed.',
  },
  'jobs.no_rejects': {
    kind: 'notFound',
    title: '“{fileName}” has no rejected rows',
    cause: 'Every row was accepted or skipped.',
    remedy: 'There is nothing to download.',
  },
});
