package io.tsdb.query.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.query.sql.StatementShape;

import org.junit.jupiter.api.Test;

import java.util.Objects;

class PlanCacheTest {
    private final PlanCache plans = new PlanCache(1 << 20);

    private static StatementShape shape(String sql) {
        return Objects.requireNonNull(StatementShape.of(sql));
    }

    @Test
    void aShapeIsWantedWhenItComesAgain() {
        assertThat(plans.isWanted("d", shape("SELECT v FROM m WHERE host = 'a'"))).isFalse();
        assertThat(plans.isWanted("other", shape("SELECT v FROM m WHERE host = 'a'"))).isFalse();
        assertThat(plans.isWanted("d", shape("SELECT v FROM m WHERE host = 'b'"))).isTrue();
    }

    @Test
    void aShapeThatWasRefusedIsNotWantedAgain() {
        StatementShape refused = shape("SELECT v + 1 FROM m WHERE host = 'a'");
        StatementShape other = shape("SELECT v FROM m WHERE host = 'a'");
        plans.isWanted("d", refused);
        plans.isWanted("d", other);
        assertThat(plans.isWanted("d", refused)).isTrue();
        plans.refuse("d", refused);
        assertThat(plans.isWanted("d", refused)).isFalse();
        assertThat(plans.isWanted("d", other)).isTrue();
        assertThat(plans.isWanted("d", shape("SELECT v + 1 FROM m WHERE host = 'b'"))).isFalse();
    }
}
