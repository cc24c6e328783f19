export { lockHome } from './home-lock.ts';
export { openEmbeddedStores } from './open-embedded-stores.ts';
