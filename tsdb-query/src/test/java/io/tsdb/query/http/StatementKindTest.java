package io.tsdb.query.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementKindTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 1|SELECT",
                "WITH a AS (SELECT 1) SELECT * FROM a|SELECT",
                "  (SELECT 1)|SELECT",
                "-- why|OTHER",
                "/* why */ DROP DATABASE d|DROP",
                "/* why|OTHER",
                "describe m|SHOW",
                "TRUNCATE m|DELETE",
                "''|OTHER",
                "selecting|OTHER",
                "BACKUP TO '/x'|BACKUP",
            })
    void isToldByTheFirstWord(String sql, StatementKind kind) {
        assertThat(StatementKind.of(sql)).isEqualTo(kind);
    }

    /// Names of what was changed stay, values of tags do not; a failed statement may hold anything.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "DROP DATABASE \"my plant\"|DROP DATABASE \"my plant\"",
                "DELETE FROM m WHERE t = 'a'|DELETE FROM m WHERE t = '...'",
                "BACKUP TO '/backups/1'|BACKUP TO '/backups/1'",
            })
    void anAuditNamesWhatWasChanged(String sql, String text) {
        assertThat(StatementText.forAudit(StatementKind.of(sql), sql)).isEqualTo(text);
    }
}
