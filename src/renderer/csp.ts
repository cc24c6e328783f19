import { config } from 'zod';

/** The window's content security policy forbids eval; without this zod would try it once and be reported. */
config({ jitless: true });
