import { defineErrors } from './catalogue.ts';

const UNTOUCHED = 'What is on this computer was not changed, and nothing was added to the database.';

/** What moving from this computer to PostgreSQL can answer with. */
export const movingErrors = defineErrors({
  'moving.no_database': {
    kind: 'notFound',
    title: 'There is no database to move to',
    cause: 'No PostgreSQL is set for this data folder.',
    remedy: 'Set the PostgreSQL connection on the Connections page, test it, then move.',
    kept: UNTOUCHED,
  },
  'moving.target_not_empty': {
    kind: 'conflict',
    title: 'The database holds imports of somebody else',
    cause:
      'It has {imports} imports that did not come from this data folder: both together would count twice or in another order.',
    remedy:
      'Choose another “Schema” of the PostgreSQL connection (an empty one is made), or do not move and import the files of this computer into the database instead.',
    kept: UNTOUCHED,
  },
  'moving.diverged': {
    kind: 'conflict',
    title: 'Both sides went on since the last move',
    cause:
      'Entry {sequence} of the activation log is another one here than in the database: files were accepted or undone on both sides.',
    remedy:
      'Go on with the database: import there the files that were accepted on this computer since. Or move into another “Schema”, which is empty.',
    kept: UNTOUCHED,
  },
  'moving.target_changed': {
    kind: 'conflict',
    title: 'The database was changed while moving',
    cause: 'Another installation accepted or undid a file in the same moment.',
    remedy: 'Move again.',
    kept: UNTOUCHED,
  },
  'moving.not_verified': {
    kind: 'bug',
    title: 'What arrived is not what was sent',
    cause: 'For {what} the database holds {actual} where {expected} was expected.',
    remedy: 'Do not use this database yet. Copy this message and send it to support.',
    kept: 'What is on this computer was not changed.',
  },
});
