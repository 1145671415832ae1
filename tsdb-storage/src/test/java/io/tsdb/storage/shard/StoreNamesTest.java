package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.LogConfig;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.schema.Definitions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The store itself logs no name that the rule does not allow, whoever asks.
class StoreNamesTest {
    @TempDir Path directory;

    @Test
    void refusesWhatNoNameCanBe() throws Exception {
        String tooLong = "n".repeat(1_025);
        try (Store store =
                Store.open(
                        StoreWrites.config(directory, 1, LogConfig.defaults()),
                        new LocalFileStore(),
                        System::nanoTime,
                        InstantSource.system())) {
            for (String database : List.of("d".repeat(256), "../../evil", ".hid", "", "a\nb")) {
                assertThatThrownBy(() -> store.createDatabase(database))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("a database name");
            }
            for (Definitions refused :
                    List.of(
                            Definitions.in("p/q").measurement("m").build(),
                            Definitions.in("db").measurement(tooLong).build(),
                            Definitions.in("db").tags("m", List.of(tooLong)).build(),
                            Definitions.in("db").field("m", tooLong, FieldType.INT64).build())) {
                assertThat(store.define(refused)).failsWithin(10, TimeUnit.SECONDS);
            }
            assertThat(store.catalog().databases()).isEmpty();
            assertThat(store.createDatabase("d".repeat(255))).isTrue();
        }
    }
}
