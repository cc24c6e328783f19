export { openDelimited } from './open-delimited.ts';
