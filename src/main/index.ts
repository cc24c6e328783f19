/** Composition root of the desktop app: windows, menus, dialogs, and the engine process. It never touches data. */
import { join, resolve, sep } from 'node:path';
import { app, BrowserWindow, dialog, session, shell } from 'electron';
import type { HostNotice } from '../shared/rpc/host-notice.ts';
import { CHANNEL } from '../shared/rpc/host-notice.ts';
import { readLaunchArguments } from './electron/launch-arguments.ts';
import { EngineLink } from './electron/engine-link.ts';
import { startEngineProcess } from './electron/engine-process.ts';
import { installMenu } from './electron/menu.ts';
import { declarePageScheme, PAGE_ORIGIN, servePage } from './electron/page-protocol.ts';
import { guardContents, guardSession } from './electron/security.ts';
import { createShellDispatcher, showOpenDialog } from './electron/shell-service.ts';
import { openWindowChannel } from './electron/window-channel.ts';
import { keepWindowState, readWindowState } from './electron/window-state.ts';

const launch = readLaunchArguments(process.argv);
const OUT = resolve(__dirname, '..');
/** Engine and parsers lie beside the packaged archive, where their native packages are; in a checkout here. */
const PROCESSES = __dirname.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
const SAMPLE = app.isPackaged
  ? join(process.resourcesPath, 'sample')
  : join(OUT, '..', 'resources', 'sample');

declarePageScheme();
// One instance per data folder: window state and lock live beside the data.
app.setPath('userData', join(launch.home, 'window'));

if (!app.requestSingleInstanceLock({ files: launch.files })) app.quit();
else run();

function run(): void {
  let window: BrowserWindow | null = null;
  let link: EngineLink | null = null;
  let pendingFiles = [...launch.files];
  let pageLoaded = false;

  const tell = (notice: HostNotice) => window?.webContents.send(CHANNEL, notice);
  const openInPage = (paths: readonly string[]) => {
    if (paths.length === 0) return;
    if (pageLoaded) tell({ type: 'open-files', paths });
    else pendingFiles.push(...paths);
  };
  const focus = () => {
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  };

  guardContents();
  app.on('second-instance', (_event, argv, _folder, data) => {
    focus();
    const files = isFileList(data) ? data.files : readLaunchArguments(argv).files;
    openInPage(files);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openInPage([path]);
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => link?.close());

  void app.whenReady().then(() => {
    guardSession(session.defaultSession);
    servePage(session.defaultSession, join(OUT, 'renderer'));
    link = new EngineLink((events) =>
      startEngineProcess({
        engineEntry: join(PROCESSES, 'engine.cjs'),
        parserEntry: join(PROCESSES, 'parser.cjs'),
        args: [
          '--home',
          launch.home,
          '--host',
          'electron',
          '--sample',
          SAMPLE,
          ...(launch.demo ? ['--demo'] : []),
        ],
        nodePath: process.env['MAUZO_NODE'] ?? null,
        ...events,
      }),
    );
    openWindowChannel(
      link,
      createShellDispatcher(launch.home, () => window),
    );
    installMenu({
      openFiles: () => {
        if (!window) return;
        void showOpenDialog(window).then(({ filePaths }) => openInPage(filePaths));
      },
      openDataFolder: () => void shell.openPath(launch.home),
    });
    window = createWindow();
    window.on('closed', () => {
      window = null;
      pageLoaded = false;
    });
    window.webContents.on('did-finish-load', () => {
      pageLoaded = true;
      const files = pendingFiles;
      pendingFiles = [];
      openInPage(files);
    });
    window.webContents.on('render-process-gone', () => window?.webContents.reload());
    void window.loadURL(`${PAGE_ORIGIN}/`).catch((error: unknown) => {
      dialog.showErrorBox('Mauzo could not open its window', String(error));
      app.exit(3);
    });
  });
}

function createWindow(): BrowserWindow {
  const statePath = join(launch.home, 'window', 'window-state.json');
  const { bounds, maximized } = readWindowState(statePath);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 1024,
    minHeight: 600,
    show: false,
    title: 'Mauzo',
    backgroundColor: '#f5f6f8',
    webPreferences: {
      preload: join(OUT, 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  keepWindowState(window, statePath);
  window.once('ready-to-show', () => window.show());
  return window;
}

function isFileList(data: unknown): data is { files: string[] } {
  return typeof data === 'object' && data !== null && 'files' in data && Array.isArray(data.files);
}
