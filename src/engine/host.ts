/** What a program that judges by compiled rules needs of ours; it brings json-rules-engine itself. Shipped as a module. */
export { readerOf } from './compile.ts';
export { addOperators } from './evaluate.ts';
