package io.tsdb.cluster.shardmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.query.function.Functions;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What nodes write for one another is listed for each level, so that nothing is added or taken
/// away unnoticed. `-Dtsdb.write-docs=true` writes the list of the newest level anew: while no
/// release speaks it, that is; then it is never edited again.
class LevelsTest {
    private static final Path LISTS = Path.of("src/test/resources/format/levels");
    private static final Path PAGE = Path.of("docs/format/levels.md");

    /// Classes whose constants are numbers on the wire or in a log.
    private static final List<String> LAYOUTS =
            List.of(
                    "io.tsdb.cluster.rpc.FrameLayout",
                    "io.tsdb.cluster.raft.EntryHeaderLayout",
                    "io.tsdb.cluster.rebalance.ControlBytes",
                    "io.tsdb.storage.log.WalRecordLayout",
                    "io.tsdb.query.wire.WireLayout",
                    "io.tsdb.query.wire.WireLayout$ExpressionTag",
                    "io.tsdb.query.wire.WireLayout$PlanTag",
                    "io.tsdb.query.wire.WireLayout$FragmentTag",
                    "io.tsdb.query.wire.WireLayout$FillTag",
                    "io.tsdb.query.wire.WireLayout$WindowTag");

    /// Of a layout, what says no number of a kind or a version.
    private static final String OTHERS = ".*_OFFSET|.*BYTES.*|.*_MAX|MAGIC";

    private static List<String> spokenNow() throws ReflectiveOperationException {
        var all = new TreeSet<String>();
        for (String layout : LAYOUTS) {
            String name = layout.substring(layout.lastIndexOf('.') + 1).replace('$', '.');
            for (Field field : Class.forName(layout).getDeclaredFields()) {
                boolean isNumber = field.getType() == int.class || field.getType() == byte.class;
                if (Modifier.isStatic(field.getModifiers())
                        && isNumber
                        && !field.getName().matches(OTHERS)) {
                    field.setAccessible(true);
                    all.add(name + " " + field.getName() + " " + field.get(null));
                }
            }
        }
        Class<?> frames = Class.forName("io.tsdb.cluster.rpc.Frame$Kind");
        Field number = frames.getDeclaredField("number");
        number.setAccessible(true);
        for (Object kind : frames.getEnumConstants()) {
            all.add("Frame.Kind " + kind + " " + number.get(kind));
        }
        for (String header : List.of("HEADER_1", "HEADER_2")) {
            Field field = ClusterStateText.class.getDeclaredField(header);
            field.setAccessible(true);
            all.add("document " + field.get(null));
        }
        Functions.scalars().forEach(f -> all.add("scalar " + f.name() + " " + f.version()));
        Functions.aggregates().forEach(f -> all.add("aggregate " + f.name() + " " + f.version()));
        Functions.windows().forEach(f -> all.add("window " + f.name() + " " + f.version()));
        return new ArrayList<>(all);
    }

    private static Path list(int level) {
        return LISTS.resolve(level + ".txt");
    }

    @Test
    void theNewestLevelIsAllThatIsSpoken() throws Exception {
        Path newest = list(Levels.CURRENT.newest());
        if (Boolean.getBoolean("tsdb.write-docs")) {
            Files.write(newest, spokenNow());
        }
        assertThat(spokenNow())
                .as("docs/format/levels.md says how a level is added")
                .isEqualTo(Files.readAllLines(newest));
    }

    /// A function's version that was there at such a level, too: it is called by members that are
    /// not upgraded yet.
    @Test
    void everyLevelThatIsSpokenIsReadAsAWhole() throws Exception {
        for (int level = Levels.CURRENT.oldest(); level <= Levels.CURRENT.newest(); level++) {
            assertThat(spokenNow())
                    .as("level %d", level)
                    .containsAll(Files.readAllLines(list(level)));
        }
    }

    @Test
    void thePageHasARowForEachLevel() throws Exception {
        String page = Files.readString(PAGE);
        for (int level = 1; level <= Levels.CURRENT.newest(); level++) {
            assertThat(page).contains("\n| " + level + " | ");
        }
        assertThat(page).doesNotContain("\n| " + (Levels.CURRENT.newest() + 1) + " | ");
    }

    @Test
    void saysWhatToDo() {
        assertThat(new Levels(1, 2).refusal(3))
                .contains("too old", "at level 3", "speaks levels 1-2", "install the version");
        assertThat(new Levels(2, 3).refusal(1))
                .contains("too new", "at level 1", "speaks levels 2-3", "wait for level 2");
        assertThat(new Levels(2, 3).has(1)).isFalse();
        assertThat(new Levels(2, 3).has(2)).isTrue();
        assertThat(new Levels(2, 3).has(3)).isTrue();
        assertThat(new Levels(2, 3).has(4)).isFalse();
        assertThat(new Levels(2, 2)).hasToString("2");
        assertThatThrownBy(() -> new Levels(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Levels(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Levels(1, 256)).isInstanceOf(IllegalArgumentException.class);
    }
}
