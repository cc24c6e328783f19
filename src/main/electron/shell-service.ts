import { basename, dirname, resolve, sep } from 'node:path';
import { dialog, nativeTheme, shell, type BrowserWindow } from 'electron';
import { shellContract } from '../../shared/contract/shell.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { createDispatcher, type Dispatcher } from '../../shared/rpc/dispatcher.ts';

const IMPORTABLE = ['csv', 'tsv', 'txt', 'xlsx', 'xlsm', 'xls', 'xlsb', 'ods', 'parquet'];

/** Serves the part of the contract that only a desktop shell can: dialogs, file manager, theme. */
export function createShellDispatcher(home: string, windowInFront: () => BrowserWindow | null): Dispatcher {
  const savedPaths = new Set<string>();
  const withWindow = <T>(show: (window: BrowserWindow) => Promise<T>, none: T): Promise<T> => {
    const window = windowInFront();
    return window ? show(window) : Promise.resolve(none);
  };
  return createDispatcher(
    shellContract,
    {
      'shell.open-files': async () => {
        const { filePaths } = await withWindow((window) => showOpenDialog(window), { filePaths: [] });
        return { paths: filePaths };
      },
      'shell.save-as': async ({ suggestedName }) => {
        const path = await withWindow(async (window) => {
          const answer = await dialog.showSaveDialog(window, { defaultPath: basename(suggestedName) });
          return answer.canceled || !answer.filePath ? null : answer.filePath;
        }, null);
        if (path !== null) savedPaths.add(path);
        return { path };
      },
      'shell.show-file': ({ path }) => {
        const wanted = resolve(path);
        if (!savedPaths.has(wanted) && !wanted.startsWith(resolve(home) + sep)) {
          throw new AppError('shell.path_not_ours', 'permission', { path: dirname(wanted) });
        }
        shell.showItemInFolder(wanted);
        return {};
      },
      'shell.set-theme': ({ theme }) => {
        nativeTheme.themeSource = theme;
        return {};
      },
    },
    { checkOutputs: false },
  );
}

export function showOpenDialog(window: BrowserWindow): Promise<{ filePaths: string[] }> {
  return dialog.showOpenDialog(window, {
    title: 'Add files',
    buttonLabel: 'Add',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Spreadsheets and tables', extensions: IMPORTABLE },
      { name: 'All files', extensions: ['*'] },
    ],
  });
}
