export { createChildProcessLauncher } from './child-process-launcher.ts';
export { createFileParser, type FileParserOptions } from './file-parser.ts';
