import { defineErrors } from './catalogue.ts';

export const shellErrors = defineErrors({
  'shell.path_not_ours': {
    kind: 'permission',
    title: 'That file cannot be shown from here',
    cause: 'Mauzo only shows files that it wrote itself, and {path} is not one of them.',
    remedy: 'Open the folder in your file manager.',
  },
});
