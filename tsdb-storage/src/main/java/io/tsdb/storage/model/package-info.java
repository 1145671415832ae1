/// Words of the field as values: field types, time ranges, series keys, batches of points; and the
/// exceptions.
///
/// Lowest floor of the storage module: imports nothing of ours. Values are immutable unless a class
/// says who owns it.
@NullMarked
package io.tsdb.storage.model;

import org.jspecify.annotations.NullMarked;
