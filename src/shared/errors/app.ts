import { defineErrors } from './catalogue.ts';

export const appErrors = defineErrors({
  'app.bug': {
    kind: 'bug',
    title: 'Something went wrong inside Mauzo',
    cause: 'An error that Mauzo did not foresee: {message}.',
    remedy: 'Try again. If it comes back, copy this message and send it to support with the log folder.',
    kept: 'What was accepted before is safe.',
  },
  'app.disconnected': {
    kind: 'unavailable',
    title: 'The engine is not answering',
    cause: 'The part of Mauzo that holds the data stopped or is starting again.',
    remedy: 'Wait a moment: Mauzo connects again by itself. If it does not, close and open Mauzo.',
    kept: 'Running imports go on from their last step.',
  },
  'app.cancelled': {
    kind: 'cancelled',
    title: 'Cancelled',
    cause: 'The request was cancelled before it was answered.',
    remedy: 'Ask again if you still need the answer.',
  },
  'app.unknown_operation': {
    kind: 'input',
    title: 'This version of Mauzo does not know “{name}”',
    cause: 'The window and the engine are of different versions, or the request did not come from Mauzo.',
    remedy: 'Close Mauzo and open it again. If it stays, install Mauzo again.',
  },
  'app.invalid_request': {
    kind: 'input',
    title: 'The request could not be read',
    cause: 'A message did not have the form that the engine expects.',
    remedy: 'Close Mauzo and open it again.',
  },
  'app.invalid_input': {
    kind: 'input',
    title: 'The request “{name}” was not valid',
    cause: '{path}: {problem}',
    remedy: 'Correct the value that is named and try again.',
    kept: 'Nothing was changed.',
  },
  'app.invalid_output': {
    kind: 'bug',
    title: 'The answer to “{name}” was not of the expected form',
    cause: '{problem}',
    remedy: 'Copy this message and send it to support.',
  },
  'app.engine_start_failed': {
    kind: 'unavailable',
    title: 'The engine could not start',
    cause: '{reason}',
    remedy: 'Close other copies of Mauzo and open it again. If it stays, run “mauzo doctor”.',
    kept: 'Your data folder was not changed.',
  },
  'app.home_in_use': {
    kind: 'conflict',
    title: 'This data folder is in use by another Mauzo',
    cause: 'Process {pid} has held {home} since {since}.',
    remedy:
      'Go on in the window that is open, or close it first. Another data folder can be chosen with --home.',
    kept: 'Nothing in the data folder was changed.',
  },
  'app.native_missing': {
    kind: 'unavailable',
    title: 'A part of Mauzo is missing',
    cause: 'The package {package} could not be loaded on {platform}: {reason}',
    remedy: 'Install Mauzo again. In a checkout, run “npm ci” with Node 24 or newer.',
    kept: 'Your data is not affected.',
  },
});
