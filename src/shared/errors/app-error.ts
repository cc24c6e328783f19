/**
 * The one failure value of Mauzo. It crosses every boundary (engine, IPC, HTTP, command line) as code and details;
 * its words (title, cause, remedy) are rendered from the area's catalogue on the side that shows it.
 */
export type ErrorKind =
  | 'input'
  | 'permission'
  | 'notFound'
  | 'conflict'
  | 'unavailable'
  | 'timeout'
  | 'cancelled'
  | 'limit'
  | 'bug';

/** Values that fill the placeholders of a catalogue entry. Never secrets, never rows of data. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** An {@link AppError} as it crosses a process or the wire. */
export interface AppErrorJson {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details: ErrorDetails;
  readonly retryable: boolean;
  readonly correlationId: string;
}

let counter = 0;

/** A short id that joins what the screen says with what the log holds. */
export function newCorrelationId(): string {
  counter = (counter + 1) % 46_656;
  return `${Date.now().toString(36)}-${counter.toString(36).padStart(3, '0')}`;
}

export class AppError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details: ErrorDetails;
  readonly retryable: boolean;
  readonly correlationId: string;

  constructor(
    code: string,
    kind: ErrorKind,
    details: ErrorDetails = {},
    options: { retryable?: boolean; cause?: unknown; correlationId?: string } = {},
  ) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.kind = kind;
    this.details = details;
    this.retryable = options.retryable ?? (kind === 'unavailable' || kind === 'timeout');
    this.correlationId = options.correlationId ?? newCorrelationId();
  }

  toJSON(): AppErrorJson {
    const { code, kind, details, retryable, correlationId } = this;
    return { code, kind, details, retryable, correlationId };
  }

  static fromJSON(json: AppErrorJson): AppError {
    return new AppError(json.code, json.kind, json.details, json);
  }
}

/** Turns anything thrown into an {@link AppError}; what nobody expected becomes `app.bug` and keeps its cause for the log. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('app.bug', 'bug', { message: message.slice(0, 500) }, { cause: thrown });
}
