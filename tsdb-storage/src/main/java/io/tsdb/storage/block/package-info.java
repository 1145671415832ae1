/// Blocks: up to 1024 points of one series, compressed column by column, with statistics; their
/// build and their merge.
///
/// In: sorted rows from the head or from a part's pages. Out: immutable [Block]s to head, parts and
/// scans. A block is read by any thread; a builder belongs to one.
@NullMarked
package io.tsdb.storage.block;

import org.jspecify.annotations.NullMarked;
