/** Folders of rules, watched: editors write in place, replace files, leave half-written ones, or swap the whole folder. */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/** An editor's steps of one save come within a few milliseconds. */
const SETTLE = 25;
/** What no event tells, such as a change behind a link or on a file system of the network, is seen by looking. */
const LOOK = 1_000;

/** What tells a file from a later state of it; of a folder, what tells it from one that took its place. */
function stateOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}` : '';
}

function attempt<Value>(work: () => Value, otherwise: Value): Value {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** One folder: what was seen in it last, and the system's events where there are any. */
class WatchedFolder {
  readonly #path: string;
  readonly #changed: () => void;
  #watcher: FSWatcher | null = null;
  #identity = '';
  #seen = '';

  constructor(path: string, changed: () => void) {
    this.#path = path;
    this.#changed = changed;
    this.look();
  }

  /** Looks for changes that no event told. @returns whether there is one */
  look(): boolean {
    const seen = attempt(() => {
      const names = readdirSync(this.#path).sort();
      return names.map((name) => `${name} ${attempt(() => stateOf(join(this.#path, name)), '')}`).join('\n');
    }, '');
    this.#follow();
    const isChanged = seen !== this.#seen;
    this.#seen = seen;
    return isChanged;
  }

  end(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  /** Events come from a folder and not from its name: another folder of the same name needs a watcher of its own. */
  #follow(): void {
    const found = attempt(() => statSync(this.#path, { bigint: true, throwIfNoEntry: false }), undefined);
    const identity = found ? `${found.dev} ${found.ino}` : '';
    if (identity === this.#identity && (this.#watcher !== null || identity === '')) return;
    this.end();
    this.#identity = identity;
    if (identity === '') return;
    // Where the system lends no watcher, looking must do.
    this.#watcher = attempt(() => watch(this.#path, this.#changed), null);
    this.#watcher?.on('error', () => this.end());
  }
}

/**
 * Calls `changed` when something in one of the folders may have changed, once for what an editor does in one go. Folders
 * may go and come.
 *
 * @returns what ends it
 */
export function watchFolders(paths: readonly string[], changed: () => void): () => void {
  let settling: NodeJS.Timeout | null = null;
  const soon = () => {
    if (settling) clearTimeout(settling);
    settling = setTimeout(changed, SETTLE);
  };
  const folders = paths.map((path) => new WatchedFolder(path, soon));
  const looking = setInterval(() => {
    // Each has to look, whatever the others have seen.
    if (folders.map((folder) => folder.look()).includes(true)) soon();
  }, LOOK);
  return () => {
    clearInterval(looking);
    if (settling) clearTimeout(settling);
    for (const folder of folders) folder.end();
  };
}
