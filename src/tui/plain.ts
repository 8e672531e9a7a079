import type { Opening } from '../review/desk.ts';
export async function runPlain(
  _opening: Opening,
  _io: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<number> {
  return 2;
}
