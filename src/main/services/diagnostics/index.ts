export { ledgerCheck, ok, runDoctor, trouble, type Examination } from './doctor.ts';
