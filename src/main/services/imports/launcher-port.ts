/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process of ours, as its starter sees it. Messages are plain JSON values. */
export interface LaunchedProcess {
  /** Null until the process runs, or where the launcher cannot tell. */
  readonly pid: number | null;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when the process could not be started at all. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** The end of what it wrote on stderr, for the log and to tell why it died; '' where it is not captured. */
  stderrTail(): string;
  /** Ends it at once. */
  kill(): void;
}

export interface LaunchOptions {
  /** Shown in process lists where the platform can. */
  readonly label: string;
  /** Flags of Node, before the script. */
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts the built entries of Mauzo as processes of their own: `child_process` under Node, `utilityProcess` in the
 * packaged app (asked of main, which alone can fork those).
 */
export interface ProcessLauncher {
  launch(entry: 'parser' | 'engine', options: LaunchOptions): LaunchedProcess;
}
