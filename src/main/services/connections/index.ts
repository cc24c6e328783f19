export { ConnectionsService } from './connections-service.ts';
export { connectionExaminations } from './examinations.ts';
