export { createLocalObjectStore, type LocalObjectStore } from './local-object-store.ts';
export { createStagingArea } from './staging-area.ts';
