package io.tsdb.query.analysis;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.Position;
import io.tsdb.storage.schema.FieldSchema;
import io.tsdb.storage.schema.MeasurementSchema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The time, tags and fields of a measurement. Nothing is built for columns that are not named: a
/// measurement may have thousands.
final class MeasurementScope extends Scope {
    private final MeasurementSchema schema;
    private final SortedSet<String> tags;

    MeasurementScope(MeasurementSchema schema, @Nullable String alias) {
        super(alias == null ? schema.name() : alias, " in measurement '" + schema.name() + "'");
        this.schema = schema;
        this.tags = schema.tagKeys();
    }

    @Override
    Optional<BoundExpression> column(Expression.Name name) {
        if (name.text().equals(TIME)) {
            return Optional.of(new BoundExpression.Time(name.position()));
        }
        if (tags.contains(name.text())) {
            return Optional.of(new BoundExpression.Tag(name.text(), name.position()));
        }
        Optional<FieldSchema> field = schema.field(name.text());
        return field.map(
                f -> new BoundExpression.Field(f.name(), ColumnType.of(f.type()), name.position()));
    }

    @Override
    Relation relation() {
        return new Relation.Measurement(schema);
    }

    @Override
    List<Named> all(Position position) {
        var all = new ArrayList<Named>();
        for (String column : columns()) {
            all.add(new Named(column, column(new Expression.Name(position, column)).orElseThrow()));
        }
        return all;
    }

    @Override
    List<String> columns() {
        var names = new ArrayList<String>();
        names.add(TIME);
        names.addAll(tags);
        names.addAll(schema.fields().keySet());
        return names;
    }

    @Override
    BoundExpression anyValue(Position position) {
        return new BoundExpression.Time(position);
    }

    @Override
    Optional<BoundExpression> time() {
        return Optional.of(new BoundExpression.Time(Position.NONE));
    }

    SortedSet<String> tags() {
        return tags;
    }
}
