/** A file system that fails when a test says so: `vi.mock('node:fs', …)` puts `interceptable` in the real one's place. */
import type * as fs from 'node:fs';

const NAMES = ['writeSync', 'fsyncSync', 'fdatasyncSync', 'ftruncateSync', 'renameSync', 'linkSync'] as const;
type Name = (typeof NAMES)[number];

/** Stands between our code and the system: `go` makes the call, with other arguments if some are given. */
type Interceptor = (name: Name, args: readonly unknown[], go: (...changed: unknown[]) => unknown) => unknown;

let interceptor: Interceptor | null = null;

export function interceptable(real: typeof fs): typeof fs {
  const wrapped = NAMES.map((name) => {
    const call = real[name] as (...args: unknown[]) => unknown;
    const through = (...args: unknown[]) => {
      const go = (...changed: unknown[]) => call(...(changed.length > 0 ? changed : args));
      return interceptor ? interceptor(name, args, go) : go();
    };
    return [name, through] as const;
  });
  return { ...real, ...Object.fromEntries(wrapped) };
}

/** Does `work` with every call to the file system going through `between`. */
export function intercepted<Result>(between: Interceptor, work: () => Result): Result {
  interceptor = between;
  try {
    return work();
  } finally {
    interceptor = null;
  }
}

export function systemFailure(name: string, code: string): Error {
  return Object.assign(new Error(code), { code, syscall: name });
}

/** Does `work` while calls of `failing` that `when` holds for fail with `code`: the first one only, unless it says otherwise. */
export function withFailure<Result>(
  failing: Name,
  code: string,
  work: () => Result,
  when: (args: readonly unknown[], count: number) => boolean = (_, count) => count === 0,
): Result {
  let count = 0;
  return intercepted((name, args, go) => {
    if (name === failing && when(args, count++)) throw systemFailure(name, code);
    return go();
  }, work);
}
