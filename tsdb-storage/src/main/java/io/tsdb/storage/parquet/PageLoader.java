package io.tsdb.storage.parquet;

/// Gathers the values of one column in one page.
@FunctionalInterface
interface PageLoader {
    void load(int page, PageRows target);
}
