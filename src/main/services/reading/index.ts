export { createReadingService, type ReadingParts, type ReadingService } from './reading-service.ts';
