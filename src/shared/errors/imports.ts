import { defineErrors } from './catalogue.ts';

/** What importing files and changing the history can answer with. */
export const importsErrors = defineErrors({
  'imports.upload_unknown': {
    kind: 'notFound',
    title: 'The uploaded file is not here any more',
    cause: 'Mauzo was started again after the upload, or the upload was used before.',
    remedy: 'Drop the file on the window once more.',
    kept: 'Nothing was counted.',
  },
  'imports.staged_missing': {
    kind: 'notFound',
    title: 'The copy of “{fileName}” is gone',
    cause:
      'Mauzo keeps a copy of a file until its import is done, and this copy was removed from the data folder.',
    remedy: 'Dismiss this import and drop the file once more.',
    kept: 'Nothing of this file was counted.',
  },
  'imports.sample_missing': {
    kind: 'notFound',
    title: 'The sample files are missing',
    cause: 'The folder {folder} has no sample files.',
    remedy: 'Install Mauzo again, or import files of your own.',
  },
  'imports.sheet_unknown': {
    kind: 'input',
    title: '“{fileName}” has no sheet “{sheet}”',
    cause: 'Its sheets are: {sheets}.',
    remedy: 'Name one of these sheets, or none to let Mauzo choose.',
    kept: 'Nothing was counted.',
  },
  'imports.no_table': {
    kind: 'input',
    title: 'No table was found in “{fileName}”',
    cause: 'The file has no rows under a header that Mauzo could read.',
    remedy: 'Open the file and check that it holds sales rows with a header, then import it again.',
    kept: 'Nothing was counted.',
  },
  'imports.only_a_header': {
    kind: 'input',
    title: 'The file has no rows',
    cause: '{fileName} has a header and nothing below it.',
    remedy: 'Export it again for days that have sales, and look at the file before you drop it here.',
    kept: 'Nothing was counted.',
  },
  'imports.no_good_rows': {
    kind: 'input',
    title: 'No row of “{fileName}” could be taken',
    cause:
      'Of {rowsRead} rows, {rowsRejected} were rejected and {rowsSkipped} were title, total or blank lines.',
    remedy:
      'Look at the findings. If the columns were mapped wrongly, change the mapping; otherwise correct the file.',
    kept: 'Nothing was counted; the figures are as before.',
  },
  'imports.counts_differ': {
    kind: 'bug',
    title: 'The rows of “{fileName}” do not add up',
    cause:
      '{rowsRead} rows were read, but {rowsAccepted} accepted, {rowsRejected} rejected, {rowsSkipped} skipped and {rowsWritten} written.',
    remedy: 'Try again. If it comes back, send this message and the file to support.',
    kept: 'Nothing was counted; the figures are as before.',
  },
  'imports.parquet_differs': {
    kind: 'bug',
    title: 'What was written of “{fileName}” is not what was read',
    cause: 'For {check}, {expected} was read and {actual} was written.',
    remedy: 'Try again. If it comes back, send this message and the file to support.',
    kept: 'Nothing was counted; the figures are as before.',
  },
  'imports.duplicate_superseded': {
    kind: 'conflict',
    title: '“{fileName}” was imported before and then replaced',
    cause: 'The same file was accepted on {acceptedAt}; “{byFileName}” stands in its place now.',
    remedy: 'Undo “{byFileName}” in the history if this file is to count again.',
    kept: 'Nothing was counted twice.',
  },
  'imports.supersedes_unknown': {
    kind: 'input',
    title: 'The import to be replaced does not exist',
    cause: 'No accepted import has the id {importId}.',
    remedy: 'Choose the import to replace from the history.',
    kept: 'Nothing was counted.',
  },
  'imports.object_differs': {
    kind: 'unavailable',
    title: 'A stored file is not what was sent',
    cause: 'After it was written, the object {key} has another size or checksum.',
    remedy: 'Try again. If it comes back, check the disk or the storage behind it.',
    kept: 'The accepted rows are safe in the data folder.',
  },
  'imports.ledger_unbalanced': {
    kind: 'bug',
    title: 'The ledger of “{fileName}” does not balance',
    cause: '{check}: {expected} was expected, {actual} was found.',
    remedy: 'Undo this import, run the doctor and send its answer to support.',
    kept: 'Other imports are not touched.',
  },
  'imports.report_file_missing': {
    kind: 'unavailable',
    title: 'A file of this import is missing',
    cause: 'The file {path} was removed from the data folder.',
    remedy: 'Dismiss this import and import the file again.',
    kept: 'Other imports are not touched.',
  },
  'imports.report_unreadable': {
    kind: 'bug',
    title: 'The findings cannot be read',
    cause: 'Line {line} of {path} is not what Mauzo writes.',
    remedy: 'Import the file again to have its findings written anew.',
    kept: 'Figures are not touched.',
  },
  'imports.export_failed': {
    kind: 'unavailable',
    title: 'The rejected rows could not be written',
    cause: 'Writing {path} failed: {reason}.',
    remedy: 'Close the file if it is open in another program, or choose another place.',
    kept: 'The rejected rows are still kept with the import.',
  },
  'imports.export_path_refused': {
    kind: 'permission',
    title: 'This place cannot be written to from a browser',
    cause: 'A page in a browser may download files, but not name places on this machine.',
    remedy: 'Leave the place out; the file is downloaded then.',
  },
  'history.unknown_import': {
    kind: 'notFound',
    title: 'This import is not in the history',
    cause: 'No accepted import has the id {importId}.',
    remedy: 'Open the history again.',
    kept: 'Nothing was changed.',
  },
  'history.not_active': {
    kind: 'conflict',
    title: '“{fileName}” does not count now',
    cause: 'It was undone before.',
    remedy: 'Open the history again to see its present state.',
    kept: 'Nothing was changed.',
  },
  'history.already_active': {
    kind: 'conflict',
    title: '“{fileName}” counts already',
    cause: 'It was not undone, or it was activated again before.',
    remedy: 'Open the history again to see its present state.',
    kept: 'Nothing was counted twice.',
  },
});
