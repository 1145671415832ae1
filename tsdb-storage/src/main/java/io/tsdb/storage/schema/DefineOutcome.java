package io.tsdb.storage.schema;

import java.util.List;

/// What became of [Definitions]; the same wherever the same log is applied.
public sealed interface DefineOutcome {
    /// Everything is defined.
    record Defined(DatabaseSchema database) implements DefineOutcome {}

    /// Nothing of it is: these were defined otherwise before.
    record Conflicting(List<DefinitionConflict> conflicts) implements DefineOutcome {}

    /// Nothing of it is: the database that it was for has been dropped.
    record DatabaseGone() implements DefineOutcome {}
}
