/// Memory that the queries of a node hold, under one number.
///
/// Everything a query makes that grows with data or text (groups, hash tables, rows to be sorted,
/// sets, dictionaries, results of expressions, answers on their way) is reserved at a
/// [MemoryAccount] before it is allocated. Accounts draw on their query ([QueryMemory]), queries on
/// the node ([MemoryBudget]). A query starts when there is room; one that grows while others hold
/// the room waits for them, and who waited too long gets `memory_busy`; who alone wants more than
/// there is, or more than one query may hold, gets `limit_exceeded`. Spec: `docs/sql.md#limits`.
@NullMarked
package io.tsdb.query.budget;

import org.jspecify.annotations.NullMarked;
