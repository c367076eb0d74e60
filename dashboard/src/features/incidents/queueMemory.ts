// Where one was in the queue, so that coming back from an incident leads to the same place. Lives as
// long as the page: what one looked at is nobody's business afterwards.
import type { QueueSearch } from "./search";

interface Memory {
  search: QueueSearch;
  /** The incident that was opened last. */
  opened: string | undefined;
}

const memory: Memory = { search: {}, opened: undefined };

export function rememberSearch(search: QueueSearch): void {
  memory.search = search;
}

export function rememberOpened(id: string): void {
  memory.opened = id;
}

export function lastSearch(): QueueSearch {
  return memory.search;
}

/** The incident one comes back from; asked for once. */
export function takeOpened(): string | undefined {
  const { opened } = memory;
  memory.opened = undefined;
  return opened;
}
