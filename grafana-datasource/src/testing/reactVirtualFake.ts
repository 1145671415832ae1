interface Options {
  count: number;
}

/** Stands for @tanstack/react-virtual, which shows what is in sight: in jsdom, where nothing has a size, every item is. */
export function useVirtualizer({ count }: Options) {
  const size = 40;
  return {
    getTotalSize: () => count * size,
    getVirtualItems: () => Array.from({ length: count }, (_, index) => ({ index, key: index, size, start: index * size })),
    scrollToIndex: () => undefined,
    measureElement: () => undefined,
  };
}
