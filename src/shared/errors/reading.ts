import { defineErrors } from './catalogue.ts';

/** Reading files: first what stops a whole file, then what is found in single rows of a delimited file. */
export const readingErrors = defineErrors({
  'reading.unreadable': {
    kind: 'unavailable',
    title: 'The file cannot be read',
    cause: 'The operating system refused to read {fileName} ({reason}).',
    remedy:
      'Check that the file is still there, that no other program has locked it and that you may read it.',
  },
  'reading.changed': {
    kind: 'conflict',
    title: 'The file changed while it was read',
    cause: '{fileName} is not as long as it was when reading began.',
    remedy: 'Wait until the program that writes the file has finished, then import it again.',
    kept: 'Nothing of this file was counted.',
  },
  'reading.empty_file': {
    kind: 'input',
    title: 'The file is empty',
    cause: '{fileName} holds no bytes.',
    remedy: 'Export the file again and check that it is not empty before you drop it here.',
  },
  'reading.only_zero_bytes': {
    kind: 'input',
    title: 'The file holds no text',
    cause:
      '{fileName} holds zero bytes where text should be. This happens when a copy or a download was interrupted.',
    remedy: 'Copy or export the file again.',
  },
  'reading.not_a_table': {
    kind: 'input',
    title: 'This is not a table',
    cause: '{fileName} is {actual}, whatever its name ends with.',
    remedy: 'Export the data as CSV or Excel from the program that made it.',
  },
  'reading.no_rows': {
    kind: 'input',
    title: 'The file has no table',
    cause: '{fileName} holds only blank or comment lines.',
    remedy: 'Export the file again with its header and rows.',
  },
  'reading.line_too_long': {
    kind: 'limit',
    title: 'A line is too long',
    cause: 'Line {row} of {fileName} goes on for more than {limitMb} MB without an end.',
    remedy: 'Check how the file was exported: each row must stand on its own line.',
  },
  'reading.too_many_columns': {
    kind: 'limit',
    title: 'The table is too wide',
    cause: '{fileName} has {columns} columns; at most {limit} can be read.',
    remedy: 'Export only the columns that are needed.',
  },
  'reading.row_padded': {
    kind: 'input',
    title: 'Row shorter than the header',
    cause: 'The row ends early; the missing cells were taken as blank.',
    remedy: 'Check the row if its last columns should have values.',
  },
  'reading.row_trimmed': {
    kind: 'input',
    title: 'Blank cells after the last column',
    cause: 'The row has more cells than the header, but the extra ones are blank. They were dropped.',
    remedy: 'Nothing needs to be done.',
  },
  'reading.row_rejoined': {
    kind: 'input',
    title: 'Separator inside a value',
    cause:
      'A number was split by its own decimal comma or grouping; the pieces fit together in one way only.',
    remedy: 'Check the row. Export with quotes around values that hold the separator.',
  },
  'reading.row_too_long': {
    kind: 'input',
    title: 'More cells than the header',
    cause: 'The row has more cells than there are columns, so it is unknown which value belongs where.',
    remedy: 'Put quotes around values that hold the separator, or remove the extra cells.',
  },
  'reading.row_too_short': {
    kind: 'input',
    title: 'Fewer cells than the header',
    cause: 'The row has too few cells, so it is unknown which value belongs where.',
    remedy: 'Complete the row.',
  },
  'reading.stray_quote': {
    kind: 'input',
    title: 'Quotation mark inside a value',
    cause: 'A quotation mark stands where the format does not allow one; it was taken as part of the value.',
    remedy: 'Check the value. Inside quoted values a quotation mark is written twice.',
  },
  'reading.unclosed_quote': {
    kind: 'input',
    title: 'Quotation mark is never closed',
    cause: 'A value begins with a quotation mark that has no partner. Reading went on at the next row.',
    remedy: 'Close or remove the quotation mark.',
  },
  'reading.suspicious_quotes': {
    kind: 'input',
    title: 'Row that spans lines looks like two damaged rows',
    cause: 'A quoted value runs over a line break and holds what looks like the cells of another row.',
    remedy: 'Check the row: two stray quotation marks may have joined two rows.',
  },
  'reading.invalid_characters': {
    kind: 'input',
    title: 'Characters that cannot be read',
    cause: 'The row has bytes that are no text in the encoding of the file.',
    remedy: 'Save the file again as UTF-8.',
  },
  'reading.nul_bytes': {
    kind: 'input',
    title: 'Zero bytes inside the text',
    cause: 'The row has zero bytes, which are no text. They were removed.',
    remedy: 'Check the row; the file may have been damaged when it was copied.',
  },
  'reading.mixed_line_ends': {
    kind: 'input',
    title: 'Mixed line ends',
    cause: 'The lines of the file end in different ways. All were read.',
    remedy: 'Nothing needs to be done.',
  },
  'reading.another_table': {
    kind: 'input',
    title: 'Another table below',
    cause: 'Below the table stands another one with other columns. It was skipped.',
    remedy: 'Save the other table as a file of its own if it is needed.',
  },
  'reading.no_header': {
    kind: 'input',
    title: 'No header was found',
    cause: 'The first row looks like data, so the columns were given names.',
    remedy: 'Map the columns by hand, or add a header row.',
  },

  // The file as a whole, told by its first bytes.
  'reading.compressed': {
    kind: 'input',
    title: 'The file is packed',
    cause: '{fileName} is {actual}. Packed files are not opened.',
    remedy: 'Unpack it (on Windows: right-click, Extract all) and import the file inside.',
  },
  'reading.lock_file': {
    kind: 'input',
    title: 'This is not the workbook itself',
    cause: '{fileName} is the small file that Excel keeps beside a workbook while it is open.',
    remedy: 'Import the workbook of the same name without “~$” at the front.',
  },
  'reading.web_page': {
    kind: 'input',
    title: 'This is a web page, not a spreadsheet',
    cause: '{fileName} holds a web page, whatever its name ends with. Some systems export tables this way.',
    remedy: 'Open it in Excel and save it as an Excel workbook (.xlsx), then import that file.',
  },
  'reading.format_not_supported': {
    kind: 'input',
    title: 'This kind of spreadsheet cannot be read',
    cause: '{fileName} is {actual}.',
    remedy: 'Open it in the program that made it and save it as an Excel workbook (.xlsx) or CSV.',
  },

  // The process that reads files.
  'reading.parser_died': {
    kind: 'unavailable',
    title: 'Reading the file failed',
    cause: 'The process that read {fileName} ended unexpectedly ({reason}). The file may be damaged.',
    remedy:
      'Open the file in Excel, save it under a new name and import that. If it fails again, send the file to support.',
    kept: 'Nothing of this file was counted; other files are not affected.',
  },
  'reading.parser_out_of_memory': {
    kind: 'limit',
    title: 'The file needs too much memory',
    cause: 'Reading {fileName} needed more than {limitMb} MB.',
    remedy: 'Save it as CSV, or split it into smaller files, and import those.',
    kept: 'Nothing of this file was counted; other files are not affected.',
  },
  'reading.parser_timeout': {
    kind: 'timeout',
    title: 'Reading the file took too long',
    cause: 'Reading {fileName} was stopped after {seconds} seconds ({reason}).',
    remedy:
      'Try again when the computer is less busy. If it fails again, save the file under a new name or as CSV.',
    kept: 'Nothing of this file was counted; other files are not affected.',
  },
  'reading.totals_differ': {
    kind: 'bug',
    title: 'The stored figures differ from the file',
    cause: 'After writing, {check} should be {expected} but is {actual}.',
    remedy: 'Try again. If it comes back, send this message and the file to support.',
    kept: 'Nothing of this file was counted.',
  },
  'reading.table_changed': {
    kind: 'conflict',
    title: 'The table is not the one that was mapped',
    cause: 'Table {table} of {fileName} has {actual} columns; {expected} were mapped.',
    remedy: 'Import the file again, so that it is looked at anew.',
    kept: 'Nothing of this file was counted.',
  },
  // Workbooks.
  'reading.password_protected': {
    kind: 'input',
    title: 'The file is protected with a password',
    cause: '{fileName} is encrypted, so nothing in it can be read without its password.',
    remedy:
      'Open it in Excel, remove the password (File, Info, Protect workbook), save it and import it again.',
  },
  'reading.zip_bomb': {
    kind: 'limit',
    title: 'The workbook is packed in a dangerous way',
    cause:
      '{fileName} was refused before it was unpacked: {problem}. No program that saves workbooks does this.',
    remedy: 'Ask whoever sent the file for a new export, or save it again from Excel.',
  },
  'reading.workbook_damaged': {
    kind: 'input',
    title: 'The workbook is damaged',
    cause: '{fileName} cannot be read to its end: {problem}.',
    remedy: 'Open it in Excel, let Excel repair it, save it and import it again; or export it once more.',
    kept: 'Nothing of this file was counted.',
  },
  'reading.workbook_entities': {
    kind: 'input',
    title: 'The workbook holds definitions that are not allowed',
    cause: '{fileName} defines entities in its XML, which workbooks never need and attacks use.',
    remedy: 'Ask whoever sent the file for a new export, or save it again from Excel.',
  },
  'reading.workbook_too_large': {
    kind: 'limit',
    title: 'The workbook is too large for its format',
    cause: 'It was not read: {problem}.',
    remedy: 'Save the sheet as CSV or as an Excel workbook (.xlsx) and import that.',
  },
  'reading.cells_outside_table': {
    kind: 'input',
    title: 'Cells beside the table',
    cause: 'The row has values left or right of the columns of the table. They were not read.',
    remedy: 'Give the column a header if its values belong to the table.',
  },
  'reading.merged_cells': {
    kind: 'input',
    title: 'Merged cells inside the table',
    cause: 'Only the first cell of a merged range holds a value; the others are blank.',
    remedy: 'Unmerge the cells and fill in the value of each row if rows were rejected for blanks.',
  },
  'reading.macros': {
    kind: 'input',
    title: 'The workbook holds macros',
    cause: 'Macros were found. They were not run and are not needed to read the data.',
    remedy: 'Nothing needs to be done.',
  },
  'reading.external_links': {
    kind: 'input',
    title: 'The workbook refers to other files',
    cause: 'Links to other files were found. They were not followed; the values last saved were read.',
    remedy: 'Refresh the workbook in Excel before you save it if those values may be old.',
  },
  'reading.hidden_sheet': {
    kind: 'input',
    title: 'A sheet is hidden',
    cause: 'The sheet is hidden in Excel. It is read only when you choose it.',
    remedy: 'Nothing needs to be done.',
  },
  'reading.other_sheet': {
    kind: 'input',
    title: 'Another sheet was not read',
    cause: 'One sheet of a workbook is read at a time. This other sheet also holds a table.',
    remedy: 'If it holds sales too, add the file again and choose that sheet.',
  },
  'reading.empty_sheet': {
    kind: 'input',
    title: 'A sheet is empty',
    cause: 'The sheet holds no values.',
    remedy: 'Nothing needs to be done.',
  },
  'reading.sheet_without_cells': {
    kind: 'input',
    title: 'A sheet holds no table',
    cause: 'The sheet is a chart, a dialog or a macro sheet.',
    remedy: 'Nothing needs to be done.',
  },
  // Parquet.
  'reading.parquet_damaged': {
    kind: 'input',
    title: 'The Parquet file cannot be read',
    cause: '{fileName} is damaged, encrypted or written in a way that is not supported ({problem}).',
    remedy: 'Write the file again, without encryption, and import it once more.',
    kept: 'Nothing of this file was counted.',
  },
  'reading.zone_converted': {
    kind: 'input',
    title: 'Times with a zone were converted',
    cause: 'The column holds points in time; they were converted to the local time of the business.',
    remedy: 'Nothing needs to be done. Check a sale near midnight if the dates look a day off.',
  },
  'reading.nested_column': {
    kind: 'input',
    title: 'A column holds lists or records',
    cause: 'The values of the column are not single values; they are shown as text.',
    remedy: 'Flatten the column before you export it if you need its values.',
  },
});
