import { defineErrors } from './catalogue.ts';

/** What bringing accepted imports into the engine can answer with. */
export const publishingErrors = defineErrors({
  'publishing.chunk_differs': {
    kind: 'bug',
    title: 'The figures of {chunk} did not come out as accepted',
    cause: 'Building the month gave {actual} for {check} of one import where {expected} were accepted.',
    remedy: 'Try again. If it comes back, run the doctor and send its answer to support.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'publishing.footprint_missing': {
    kind: 'bug',
    title: 'An accepted import has lost its index',
    cause: 'The store does not know which branches and days import {importId} covers.',
    remedy: 'Undo this import and import the file again.',
    kept: 'The figures of before are still shown.',
  },
  'publishing.canonical_missing': {
    kind: 'unavailable',
    title: 'The stored rows of an accepted file are missing',
    cause: 'The rows of import {importId} for {chunk} are not in the data folder any more.',
    remedy: 'Put the data folder back from a backup, or undo the import and import the file again.',
    kept: 'The figures of before are still shown.',
  },
  'publishing.bad_decimal': {
    kind: 'bug',
    title: 'A sum could not be read',
    cause: '“{text}” is not a decimal number with at most four places.',
    remedy: 'Copy this message and send it to support.',
    kept: 'Nothing was changed.',
  },
  'publishing.busy': {
    kind: 'conflict',
    title: 'The figures kept changing while they were built',
    cause: 'Other imports were accepted or undone each time before the build was complete.',
    remedy: 'Wait until the other imports are done, then try again.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'publishing.lease_lost': {
    kind: 'conflict',
    title: 'Another installation of Mauzo took over {chunk}',
    cause:
      'This one did not say in time that it still works on the month: it slept, or the shared store was away.',
    remedy: 'Nothing is to be done: the month is published by the other one, or tried again.',
    kept: 'Nothing was written twice; the accepted files are safe.',
  },
  'publishing.cluster_ahead': {
    kind: 'conflict',
    title: 'The datasource {datasource} is newer than the registry',
    cause:
      'It holds a state of {chunk} that the registry does not know (yet): the registry was put back from an older copy.',
    remedy: 'Choose another datasource name in Connections → Druid; everything is published into it anew.',
    kept: 'The accepted files are safe; the datasource is as it was.',
  },
  'publishing.no_cluster': {
    kind: 'input',
    title: 'There is no Druid to publish to',
    cause: 'No Druid cluster is set.',
    remedy: 'Set it in Connections → Druid, or publish to the engine of this computer: --engine local.',
    kept: 'Nothing was changed.',
  },
  'publishing.chunk_unknown': {
    kind: 'notFound',
    title: 'There is no month {chunk}',
    cause: 'No accepted import has ever had rows in it.',
    remedy:
      'Look at the months in the history of imports, and give one of them as year-month, such as 2024-03.',
    kept: 'Nothing was changed.',
  },
  'publishing.held': {
    kind: 'unavailable',
    title: 'Waiting for another Mauzo that publishes {chunk}',
    cause: '{holder} works on this month. One that was cut off loses its turn after a minute.',
    remedy: 'It goes on by itself.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
});
