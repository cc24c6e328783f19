export { ConnectionsService, type ConnectionsOptions } from './connections-service.ts';
export { connectionExaminations } from './examinations.ts';
