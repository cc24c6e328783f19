/** The command line: `mauzo COMMAND …`. Exit codes: see `EXIT`. */
import { run } from './run.ts';
import { EXIT, type Output } from './output.ts';
import { installationAt } from './session.ts';

const output: Output = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
  columns: process.stderr.columns || 80,
};

const interrupted = new AbortController();
const interrupt = () => {
  // The second time a person means it.
  if (interrupted.signal.aborted) process.exit(EXIT.failed);
  interrupted.abort();
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// A reader that went away (`| head`) ends the output, not in an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

void run(process.argv.slice(2), {
  output,
  installation: installationAt(__dirname),
  signal: interrupted.signal,
}).then((code) => {
  process.exitCode = code;
  // What is left behind by native packages must not keep a finished command alive.
  setTimeout(() => process.exit(code), 2_000).unref();
});
