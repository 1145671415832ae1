package io.tsdb.storage.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.LocalDate;

class PartIdTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);

    @Test
    void saysWhereItsFilesLie() {
        var id = new PartId("plant", "cpu.load", DAY, 7);
        Path shard = Path.of("data", "shard-0");
        assertThat(id.parquetFile(shard))
                .isEqualTo(shard.resolve("parts/plant/cpu.load/date=2026-11-23/0007.parquet"));
        assertThat(id.indexFile(shard))
                .isEqualTo(shard.resolve("parts/plant/cpu.load/date=2026-11-23/0007.index"));
        assertThat(new PartId("a", "b", DAY, 123_456).parquetFile(shard))
                .hasFileName("123456.parquet");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "..",
                ".hidden",
                "a/b",
                "a\\b",
                "ä€\uD83D\uDE00",
                "100%",
                "%41",
                "a b",
                "+",
                "date=2026-11-23",
                "con:1",
                "tab\t",
                "\u0000"
            })
    void escapesNamesReversibly(String name) {
        String escaped = PartId.escape(name);
        assertThat(escaped).matches("[A-Za-z0-9_.%-]+").doesNotStartWith(".");
        assertThat(PartId.unescape(escaped)).isEqualTo(name);
        Path shard = Path.of("shard");
        assertThat(new PartId(name, name, DAY, 1).directory(shard).normalize())
                .isEqualTo(shard.resolve("parts/" + escaped + "/" + escaped + "/date=2026-11-23"));
    }

    /// Longest name of a file on common file systems: 255 bytes.
    @Test
    void spreadsLongNamesOverDirectories() {
        String name = "lång ".repeat(300);
        String escaped = PartId.escape(name);
        for (String directory : escaped.split("/")) {
            assertThat(directory.length()).isLessThanOrEqualTo(255);
        }
        assertThat(PartId.unescape(escaped)).isEqualTo(name);
    }

    @Test
    void refusesEmptyNames() {
        assertThatThrownBy(() -> new PartId("", "m", DAY, 1)).hasMessageContaining("names");
        assertThatThrownBy(() -> new PartId("d", "m", DAY, -1)).hasMessageContaining("-1");
    }
}
