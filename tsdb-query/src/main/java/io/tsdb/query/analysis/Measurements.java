package io.tsdb.query.analysis;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.Query;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.schema.MeasurementSchema;

/// Finds the measurements that a query names.
@FunctionalInterface
public interface Measurements {
    /// @throws io.tsdb.query.sql.QueryException `unknown_measurement`, `unknown_database`
    MeasurementSchema find(String name, Position position);

    /// What there is, as rows.
    ///
    /// @throws io.tsdb.query.sql.QueryException `unknown_database`
    default AnalyzedQuery.Rows catalogue(Query.CatalogueTable table, Position position) {
        throw new QueryException(
                QueryErrorCode.UNSUPPORTED, position, "nothing is listed here: " + table);
    }
}
