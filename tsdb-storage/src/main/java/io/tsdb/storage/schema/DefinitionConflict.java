package io.tsdb.storage.schema;

import io.tsdb.storage.model.FieldType;

/// Why a definition cannot be: somebody else's came first in the log.
public sealed interface DefinitionConflict {
    String measurement();

    String name();

    /// The field has another type.
    record Type(String measurement, String name, FieldType asked, FieldType existing)
            implements DefinitionConflict {}

    /// The name of a field is one of a tag, or the other way round.
    ///
    /// @param isTag whether a tag was asked for
    record Name(String measurement, String name, boolean isTag) implements DefinitionConflict {}
}
