export { createReadingService, type ReadingService } from './reading-service.ts';
