/// Which databases, measurements, tag keys and fields there are, the number of each, and the type
/// each field was fixed to.
///
/// In: entries of the catalog's log, in log order, by `shard`. Out: types, names and numbers to
/// ingest, head, parts and queries. One thread changes, any thread reads. The [Catalog] is the one
/// owner of this truth; its [CatalogState] is kept in the `store` file (`docs/format/store.md`).
@NullMarked
package io.tsdb.storage.schema;

import org.jspecify.annotations.NullMarked;
